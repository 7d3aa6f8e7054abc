// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a provider is given. The array is not copied: it belongs to the caller and is not to be
 * changed.
 *
 * @param key the caller's name for the call
 * @param token to be sent along: unique to this call, the same one whenever it is repeated or
 *     looked up; {@code rf-} and 32 hexadecimal digits
 * @param body what is asked
 * @param costLimit most it may cost, NaN when that is not known
 * @param attempt from 1; rises when a person has said that the call before was not made
 */
public record CallRequest(String key, String token, byte[] body, double costLimit, int attempt) {
  /** Checks what must be there. */
  public CallRequest {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(body, "body");
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof CallRequest other
        && key.equals(other.key)
        && token.equals(other.token)
        && Double.compare(costLimit, other.costLimit) == 0
        && attempt == other.attempt
        && Arrays.equals(body, other.body);
  }

  @Override
  public int hashCode() {
    return 31 * token.hashCode() + Arrays.hashCode(body);
  }
}
