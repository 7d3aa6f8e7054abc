// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A paid call came to an end, good or bad, and what it cost is known.
 *
 * <pre>
 * offset size payload
 *      0    8 intent  sequence of its CallIntended
 *      8    1 good    1 with a result, 0 when the provider refused it for good
 *      9    8 cost    f64
 *     17    . jobId   string, the provider's name for it, or empty
 *      .    . result  bytes; when it is not good, a UTF-8 text that says why
 * </pre>
 */
public record CallCompleted(long intent, boolean good, double cost, String jobId, byte[] result)
    implements Event {
  /** Checks what must be there. */
  public CallCompleted {
    Objects.requireNonNull(jobId, "jobId");
    Objects.requireNonNull(result, "result");
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof CallCompleted other
        && intent == other.intent
        && good == other.good
        && Double.compare(cost, other.cost) == 0
        && jobId.equals(other.jobId)
        && Arrays.equals(result, other.result);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(intent) + Arrays.hashCode(result);
  }
}
