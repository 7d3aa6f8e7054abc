// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

/** What a provider offers against paying twice; decides what a crash leaves to be done. */
public enum ProviderKind {
  /** A repeat with the same token is the same job: {@link IdempotentProvider}. */
  IDEMPOTENT(1),
  /** A job can be found by its token: {@link LookupProvider}. */
  LOOKUP(2),
  /** Neither: {@link PlainProvider}. */
  PLAIN(3);

  private final int code;

  ProviderKind(int code) {
    this.code = code;
  }

  /** What stands for it in a stored event. */
  public int code() {
    return code;
  }

  /** The kind of a provider. */
  public static ProviderKind of(Provider provider) {
    if (provider instanceof IdempotentProvider) {
      return IDEMPOTENT;
    }
    return provider instanceof LookupProvider ? LOOKUP : PLAIN;
  }

  /** The kind with this code; one that this version does not know promises nothing. */
  static ProviderKind ofCode(int code) {
    return switch (code) {
      case 1 -> IDEMPOTENT;
      case 2 -> LOOKUP;
      default -> PLAIN;
    };
  }
}
