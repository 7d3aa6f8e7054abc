// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.projections.testkit.ProjectionContract;

final class StateProjectionContractTest extends ProjectionContract {
  @Override
  protected Projection projection() {
    return new SumProjection(7);
  }

  @Override
  protected void publish(EventLog log, int part) {
    Logs.append(log, part * 1_000L, 23);
  }

  @Override
  protected long publishPoison(EventLog log) {
    return Logs.append(log, -1, 1);
  }
}
