// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricLayoutTest {
  @Test
  void trainingLayoutHasTheExactNamesAndTypes() {
    assertThat(MetricLayout.training().columns())
        .extracting(column -> column.name() + " " + column.type())
        .containsExactly(
            "train_loss DOUBLE",
            "val_loss DOUBLE",
            "grad_norm DOUBLE",
            "grad_max DOUBLE",
            "grad_min DOUBLE",
            "circuit_execution_time_ms DOUBLE",
            "circuits_executed LONG",
            "qubits_used LONG",
            "shots_per_circuit LONG",
            "backend STRING",
            "queue_time_ms DOUBLE",
            "cost_usd DOUBLE",
            "credits_used DOUBLE",
            "batch_time_ms DOUBLE",
            "throughput_samples_per_sec DOUBLE");
  }

  @Test
  void layoutsAreEqualWhenTheirColumnsAreInTheSameOrder() {
    MetricLayout layout =
        MetricLayout.builder().column("a", MetricType.LONG).column("b", MetricType.STRING).build();
    MetricLayout same = MetricLayout.of(layout.columns());
    MetricLayout swapped =
        MetricLayout.builder().column("b", MetricType.STRING).column("a", MetricType.LONG).build();
    MetricLayout retyped =
        MetricLayout.builder()
            .column("a", MetricType.DOUBLE)
            .column("b", MetricType.STRING)
            .build();

    assertThat(same).isEqualTo(layout).hasSameHashCodeAs(layout);
    assertThat(List.of(swapped, retyped)).doesNotContain(layout);
    assertThat(layout).isNotEqualTo(null).isNotEqualTo("a");
  }

  @Test
  void findsColumnsByNameAndByIndex() {
    MetricLayout layout = MetricLayout.training();

    assertThat(layout.size()).isEqualTo(15);
    assertThat(layout.indexOf("backend")).isEqualTo(9);
    assertThat(layout.column(9)).isEqualTo(new MetricColumn("backend", MetricType.STRING));
    assertThat(layout.indexOf("step")).isEqualTo(-1);
  }

  @Test
  void takesTheLargestNumberOfColumnsAndRefusesOneMore() {
    MetricLayout.Builder builder = MetricLayout.builder();
    for (int i = 0; i < MetricLayout.MAX_COLUMNS; i++) {
      builder.column("c" + i, MetricType.DOUBLE);
    }

    assertThat(builder.build().size()).isEqualTo(4_096);
    assertThatThrownBy(() -> builder.column("more", MetricType.DOUBLE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 4096 columns");
  }

  @Test
  void refusesTwoColumnsOfOneName() {
    MetricLayout.Builder builder =
        MetricLayout.builder().column("loss", MetricType.LONG).column("loss", MetricType.DOUBLE);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'loss'");
  }

  @Test
  void refusesNamesThatAreEmptyTooLongOrHaveControlCharacters() {
    for (String name : List.of("", "a\n", "a\u0000b", "\u007f", "a\uD800", "é".repeat(101))) {
      assertThatThrownBy(() -> new MetricColumn(name, MetricType.LONG))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("The name of a metric column ");
    }
    assertThat(new MetricColumn("é".repeat(100), MetricType.LONG).name()).hasSize(100);
  }

  @Test
  void codesOfTypesAreFixed() {
    assertThat(MetricType.values())
        .extracting(type -> type.code() + " " + type)
        .containsExactly("1 DOUBLE", "2 LONG", "3 BOOLEAN", "4 STRING");
    assertThat(MetricType.values()).allMatch(type -> MetricType.ofCode(type.code()) == type);
    for (int code : new int[] {-1, 0, 5}) {
      assertThatThrownBy(() -> MetricType.ofCode(code))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
