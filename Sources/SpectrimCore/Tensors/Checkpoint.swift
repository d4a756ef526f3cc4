/// A tensor of a checkpoint as its source names it.
public struct CheckpointEntry: Sendable, Equatable {
  /// The name, unique within the checkpoint.
  public let name: String
  /// The type in the source.
  public let type: ScalarType
  /// The sides in the source.
  public let shape: [Int]
  /// How many leading sides make the rows of the matrix; the others make its columns. One for
  /// `[out, in, …]`, all but the last for the kernels of Keras.
  public let rowAxisCount: Int

  /// Describes a tensor whose product of sides does not overflow.
  public init(name: String, type: ScalarType, shape: [Int], rowAxisCount: Int = 1) {
    self.name = name
    self.type = type
    self.shape = shape
    self.rowAxisCount = rowAxisCount
  }

  /// The sides of the matrix, or `nil` for what is not a weight: integers, vectors, and whatever
  /// has a single row or column.
  public var matrixShape: Shape? {
    guard type.elementType != nil, shape.count >= 2 else { return nil }
    let matrix = Shape(
      shape.prefix(rowAxisCount).reduce(1, *), shape.dropFirst(rowAxisCount).reduce(1, *))
    return matrix.smallerSide > 1 ? matrix : nil
  }

  /// Bytes in the source.
  public var byteCount: Int { shape.reduce(type.byteCount, *) }
}

/// A tensor of a checkpoint.
public enum CheckpointContent: Sendable, Equatable {
  /// A weight in some representation of the matrix of its entry.
  case weight(Representation)
  /// Anything else, as it is.
  case plain(Tensor)

  /// Takes a tensor of the source; one of floats with two sides or more becomes a dense weight,
  /// 64 bits rounded to 32.
  public init(_ tensor: Tensor, of entry: CheckpointEntry) {
    if let shape = entry.matrixShape, let elementType = tensor.type.elementType {
      self = .weight(.dense(WeightMatrix(Matrix(shape, tensor.floats), storedAs: elementType)))
    } else {
      self = .plain(tensor)
    }
  }
}

/// The tensors of a model that cannot be run, or not as one chain, read one at a time.
///
/// Only the names and sides are in memory; whoever works through a large checkpoint holds one
/// tensor at a time.
public protocol CheckpointSource: Sendable {
  /// The name, for people.
  var name: String { get }
  /// What there is, in the order of the source.
  var entries: [CheckpointEntry] { get }
  /// Reads one tensor.
  /// - Throws: what the reader of the source throws.
  func content(of index: Int) throws -> CheckpointContent
}
