// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Circuits and recipes as JSON; the layouts are in their Javadoc. */
final class CircuitJson {
  private static final long VERSION = 1;

  private CircuitJson() {}

  static String text(Circuit circuit) {
    return CanonicalJson.text(tree(circuit));
  }

  static Map<String, Object> tree(Circuit circuit) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", VERSION);
    tree.put("qubits", (long) circuit.qubits());
    tree.put("gates", circuit.gates().stream().map(CircuitJson::gateTree).toList());
    return tree;
  }

  private static List<Object> gateTree(Gate gate) {
    List<Object> tree = new ArrayList<>();
    tree.add(gate.kind().code());
    tree.add(gate.qubits());
    if (!gate.angles().isEmpty()) {
      tree.add(gate.angles().stream().map(CircuitJson::angleTree).toList());
    }
    return tree;
  }

  private static Object angleTree(Angle angle) {
    if (angle.isConstant()) {
      return angle.value();
    }
    return Map.of("parameter", (long) angle.parameter(), "factor", angle.value());
  }

  static String text(Recipe.Program recipe) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", VERSION);
    tree.put("circuit", tree(recipe.circuit()));
    tree.put("parameters", recipe.parameters());
    tree.put("seed", recipe.seed());
    return CanonicalJson.text(tree);
  }

  static Circuit parse(String json) {
    return circuit(CanonicalJson.parseObject(json, "circuit"), "circuit");
  }

  static Recipe.Program parseProgram(String json) {
    String where = "recipe";
    Map<String, Object> tree = CanonicalJson.parseObject(json, where);
    requireKeys(tree, Set.of("version", "circuit", "parameters", "seed"), where);
    Circuit circuit = circuit(object(tree.get("circuit"), where + ".circuit"), where + ".circuit");
    List<?> values = list(tree.get("parameters"), where + ".parameters");
    double[] parameters = new double[values.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = number(values.get(i), where + ".parameters[" + i + "]");
    }
    long seed = whole(tree.get("seed"), where + ".seed");
    return guarded(where, () -> new Recipe.Program(circuit, parameters, seed));
  }

  private static Circuit circuit(Map<String, Object> tree, String where) {
    requireKeys(tree, Set.of("version", "qubits", "gates"), where);
    int qubits = small(tree.get("qubits"), where + ".qubits");
    List<?> list = list(tree.get("gates"), where + ".gates");
    List<Gate> gates = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      gates.add(gate(list(list.get(i), where + ".gates[" + i + "]"), where + ".gates[" + i + "]"));
    }
    return guarded(where, () -> Circuit.of(qubits, gates));
  }

  private static Gate gate(List<?> tree, String where) {
    if (tree.size() < 2 || tree.size() > 3 || !(tree.get(0) instanceof String)) {
      throw new FormatException(
          where
              + ": expected [\"name\",[qubits]] or [\"name\",[qubits],[angles]] but found "
              + tree);
    }
    GateKind kind = GateKind.ofCode((String) tree.get(0));
    if (kind == null) {
      throw new FormatException(where + ": there is no gate '" + tree.get(0) + "'");
    }
    List<Integer> qubits = new ArrayList<>();
    for (Object qubit : list(tree.get(1), where + ".qubits")) {
      qubits.add(small(qubit, where + ".qubits"));
    }
    List<Angle> angles = new ArrayList<>();
    if (tree.size() == 3) {
      for (Object angle : list(tree.get(2), where + ".angles")) {
        angles.add(angle(angle, where + ".angles"));
      }
    }
    return guarded(where, () -> new Gate(kind, qubits, angles));
  }

  private static Angle angle(@Nullable Object tree, String where) {
    if (tree instanceof Map) {
      Map<String, Object> map = object(tree, where);
      if (!map.keySet().equals(Set.of("parameter", "factor"))) {
        throw new FormatException(
            where + ": expected parameter and factor but found " + map.keySet());
      }
      int parameter = small(map.get("parameter"), where + ".parameter");
      double factor = number(map.get("factor"), where + ".factor");
      return guarded(where, () -> Angle.parameter(parameter, factor));
    }
    double radians = number(tree, where);
    return guarded(where, () -> Angle.of(radians));
  }

  private interface Making<T> {
    T make();
  }

  private static <T> T guarded(String where, Making<T> making) {
    try {
      return making.make();
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }

  private static void requireKeys(Map<String, Object> tree, Set<String> keys, String where) {
    if (!tree.keySet().equals(keys)) {
      throw new FormatException(
          where + ": expected the keys " + keys + " but found " + tree.keySet());
    }
    long version = whole(tree.get("version"), where + ".version");
    if (version != VERSION) {
      throw new FormatException(where + ": version " + version + "; known is " + VERSION);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object value, String where) {
    if (value instanceof Map) {
      return (Map<String, Object>) value;
    }
    throw new FormatException(where + ": expected an object but found " + value);
  }

  private static List<?> list(@Nullable Object value, String where) {
    if (value instanceof List) {
      return (List<?>) value;
    }
    throw new FormatException(where + ": expected an array but found " + value);
  }

  private static double number(@Nullable Object value, String where) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new FormatException(where + ": expected a number but found " + value);
  }

  private static long whole(@Nullable Object value, String where) {
    if (value instanceof Long number) {
      return number;
    }
    throw new FormatException(where + ": expected a whole number but found " + value);
  }

  private static int small(@Nullable Object value, String where) {
    long number = whole(value, where);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new FormatException(where + ": expected a small whole number but found " + number);
    }
    return (int) number;
  }
}
