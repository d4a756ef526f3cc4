internal import SpectrimCore

/// The names that a pickle may use; everything else could run any code and is refused.
enum PickleGlobals {
  static func value(module: String, name: String) -> PickleValue? {
    switch (module, name) {
    case ("collections", "OrderedDict"): .callable(.orderedDictionary)
    case ("torch._utils", "_rebuild_tensor_v2"): .callable(.rebuildTensor)
    case ("torch._utils", "_rebuild_parameter"): .callable(.rebuildParameter)
    case ("torch", "Size"): .callable(.size)
    case ("torch", _):
      storageTypes[name].map { .callable(.storageType($0)) }
        ?? (dataTypes.contains(name) ? .constant : nil)
    default: nil
    }
  }

  private static let storageTypes: [String: ScalarType] = [
    "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32,
    "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
  ]

  private static let dataTypes: Set = [
    "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
  ]
}
