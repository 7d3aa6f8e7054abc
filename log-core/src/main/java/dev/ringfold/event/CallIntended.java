// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that costs money is about to be made. On the disk before the provider hears of it.
 *
 * <pre>
 * offset size payload
 *      0    1 provider kind  1 idempotent, 2 look-up, 3 neither
 *      1    8 costLimit      f64, most it may cost, NaN when it is not known
 *      9    . key            string, the caller's name for the call
 *      .    . provider       string
 *      .    . token          string, sent with the call
 *      .    . request        bytes
 * </pre>
 */
public record CallIntended(
    int kind, double costLimit, String key, String provider, String token, byte[] request)
    implements Event {
  /** Checks what must be there. */
  public CallIntended {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(request, "request");
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof CallIntended other
        && kind == other.kind
        && Double.compare(costLimit, other.costLimit) == 0
        && key.equals(other.key)
        && provider.equals(other.provider)
        && token.equals(other.token)
        && Arrays.equals(request, other.request);
  }

  @Override
  public int hashCode() {
    return 31 * key.hashCode() + Arrays.hashCode(request);
  }
}
