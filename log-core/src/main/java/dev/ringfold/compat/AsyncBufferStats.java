// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.compat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an {@link AsyncBuffer} has counted since it was made. While nobody pushes or pops, {@code
 * pushed = popped + size}.
 *
 * @param pushed items that the buffer took
 * @param popped items that left it, through {@code pop} or an attachment
 * @param dropped items that it refused because it was full
 * @param dropRate dropped / (pushed + dropped); 0.0 before the first push
 * @param utilization items in the buffer now / maxsize, 0.0 to 1.0
 */
public record AsyncBufferStats(
    long pushed, long popped, long dropped, double dropRate, double utilization) {

  /** Every item that was offered: pushed + dropped. */
  public long offered() {
    return pushed + dropped;
  }

  /** The same under the seed's names: pushed, popped, dropped, drop_rate, utilization. */
  public Map<String, Number> toMap() {
    Map<String, Number> map = new LinkedHashMap<>();
    map.put("pushed", pushed);
    map.put("popped", popped);
    map.put("dropped", dropped);
    map.put("drop_rate", dropRate);
    map.put("utilization", utilization);
    return Collections.unmodifiableMap(map);
  }
}
