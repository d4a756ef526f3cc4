import Foundation
import SpectrimCore
import SpectrimTestSupport

/// Weights as plain JSON, of which numpy computes `W` and `X Wᵀ` in double precision.
struct NumpyTensors {
  private var cases: [[String: Any]] = []

  mutating func append(_ weight: Representation, _ batch: Matrix<Float>) {
    cases.append(["weight": Self.json(weight), "batch": Self.json(batch)])
  }

  /// For every case in turn the elements of `W`, then those of `X Wᵀ`.
  func evaluated() throws -> [Double] {
    let folder = try TemporaryDirectory()
    try JSONSerialization.data(withJSONObject: cases).write(to: folder.url.appending(path: "in"))
    return try Python.run(Self.program, [folder.path("in")])
      .split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
  }

  private static let program = """
    import json, sys, numpy
    def array(item): return numpy.array(item["data"], float).reshape(item["shape"])
    def factor(item, present):
        if item is None: return numpy.ones(present), numpy.arange(present)
        values = numpy.array(item["values"], float)
        if item["exponents"]:
            return numpy.where(values == -128, 0, 2 ** values), numpy.flatnonzero(values != -128)
        return numpy.broadcast_to(values, present), numpy.arange(present)
    def quantized(item):
        codes = array(item["codes"])
        rows, row_places = factor(item["rows"], codes.shape[0])
        columns, column_places = factor(item["columns"], codes.shape[1])
        full = numpy.zeros((len(rows), len(columns)))
        full[numpy.ix_(row_places, column_places)] = codes
        return rows[:, None] * full * columns[None, :]
    def matrix(item):
        kind = item["kind"]
        if kind == "dense": return array(item["w"])
        if kind == "factorized": return array(item["u"]) @ array(item["v"]).T
        if kind == "chain":
            product = array(item["factors"][0])
            for part in item["factors"][1:]: product = product @ array(part)
            return product
        if kind == "lora":
            return matrix(item["base"]) + sum(
                part["s"] * array(part["b"]) @ array(part["a"]) for part in item["adapters"])
        if kind == "quantized": return quantized(item)
        return quantized(item["u"]) @ quantized(item["v"]).T
    for item in json.load(open(sys.argv[1])):
        w = matrix(item["weight"])
        print(*w.ravel(), *(array(item["batch"]) @ w.T).ravel())
    """

  private static func json(_ weight: Representation) -> [String: Any] {
    switch weight {
    case .dense(let matrix):
      return ["kind": "dense", "w": json(matrix.values)]
    case .factorized(let pair):
      return ["kind": "factorized", "u": json(pair.u.values), "v": json(pair.v.values)]
    case .chain(let chain):
      return ["kind": "chain", "factors": chain.factors.map { json($0.values) }]
    case .lora(let lora):
      let adapters = lora.adapters.map {
        ["s": $0.scaling, "a": json($0.a.values), "b": json($0.b.values)] as [String: Any]
      }
      return ["kind": "lora", "base": json(lora.base), "adapters": adapters]
    case .quantized(let matrix):
      return json(matrix)
    case .quantizedLowRank(let pair):
      return ["kind": "quantizedLowRank", "u": json(pair.u), "v": json(pair.v)]
    }
  }

  private static func json(_ matrix: QuantizedMatrix) -> [String: Any] {
    let codes = Matrix(matrix.codes.shape, matrix.codes.elements.map { Float($0) })
    return [
      "kind": "quantized", "codes": json(codes), "rows": json(matrix.rowFactors),
      "columns": json(matrix.columnFactors),
    ]
  }

  private static func json(_ factors: ScaleFactors?) -> Any {
    switch factors {
    case nil: NSNull()
    case .scales(let values, _): ["exponents": false, "values": values.map { Double($0) }]
    case .exponents(let values): ["exponents": true, "values": values.map { Int($0) }]
    }
  }

  private static func json(_ matrix: Matrix<Float>) -> [String: Any] {
    ["shape": [matrix.rowCount, matrix.columnCount], "data": matrix.elements.map { Double($0) }]
  }
}
