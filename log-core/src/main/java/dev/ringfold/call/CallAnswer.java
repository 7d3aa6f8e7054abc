// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a provider says about a call. A closed family of values; arrays are not copied. */
public sealed interface CallAnswer {
  /**
   * The call is over and has a result.
   *
   * @param jobId the provider's name for it, or empty
   * @param cost what it cost, finite and not negative
   */
  record Done(String jobId, double cost, byte[] result) implements CallAnswer {
    /** Checks the cost. */
    public Done {
      Objects.requireNonNull(jobId, "jobId");
      Objects.requireNonNull(result, "result");
      Costs.require("The cost of a call", cost);
    }

    @Override
    public boolean equals(@Nullable Object object) {
      return object instanceof Done other
          && jobId.equals(other.jobId)
          && Double.compare(cost, other.cost) == 0
          && Arrays.equals(result, other.result);
    }

    @Override
    public int hashCode() {
      return 31 * jobId.hashCode() + Arrays.hashCode(result);
    }
  }

  /**
   * The call is over without a result, and would be again: it is not repeated.
   *
   * @param jobId the provider's name for it, or empty
   * @param cost what it cost all the same, finite and not negative
   * @param reason for people
   */
  record Refused(String jobId, double cost, String reason) implements CallAnswer {
    /** Checks the cost. */
    public Refused {
      Objects.requireNonNull(jobId, "jobId");
      Objects.requireNonNull(reason, "reason");
      Costs.require("The cost of a call", cost);
    }
  }

  /** The provider has the call and is not ready; it is asked again later. */
  record Pending(String jobId) implements CallAnswer {}

  /** No call came with this token; only {@link LookupProvider#find} may say so. */
  record Absent() implements CallAnswer {}
}
