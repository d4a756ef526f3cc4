internal import SpectrimCore

/// The input and the layers of a small model with all tensors of one type behind one another.
///
/// The index has a line for each group that is not empty, by the path it would have in the tree, and
/// below it one for each fact and tensor:
///
///     /input
///     shape=[1 28 28]
///     /layers/fc1/weight/U
///     bits=8
///     codes=@zigzag8[500 30]^T
///
/// A tensor is the name of its pool and its sides, with the offset in elements where that is not the
/// end of the tensors before. Equal tensors share their elements. A dataset per tensor costs 80 to
/// 130 bytes and an attribute 35 to 60, which in a small model is more than the tensors of a layer;
/// the lines take about 50 per layer once compressed.
public struct PooledForm: Sendable, Equatable {
  /// What goes into the pool of bit-shuffled elements.
  public enum Packing: Sendable, CaseIterable {
    /// Nothing: codes stay as they are.
    case plain
    /// The codes; exponents, of which neighbours are equal, stay as they are.
    case codes
    /// Codes and exponents, which saves a dataset.
    case codesAndExponents
  }

  /// The elements of every pool as they are stored, little-endian.
  public private(set) var pools: [TensorPool: [UInt8]] = [:]
  /// The lines, each with a line feed behind it.
  public private(set) var index = ""

  private let packing: Packing
  private var offsets: [TensorPool: [Part: Int]] = [:]

  /// Elements that tensors can share.
  private struct Part: Hashable {
    let bytes: [UInt8]
    /// The rows of a matrix that stands there by columns.
    let rowCount: Int?
  }

  /// Pools the groups of the input and the layers.
  public init(_ groups: [FormatNode], packing: Packing = .plain) {
    self.packing = packing
    for group in groups { group.visit { add($0) } }
  }

  private mutating func add(_ group: FormatNode) {
    guard !group.facts.isEmpty || !group.tensors.isEmpty else { return }
    index += "\(group.path)\n"
    for (name, fact) in group.facts.sortedByName() { index += "\(name)=\(fact.text)\n" }
    for (name, tensor) in group.tensors.sortedByName() {
      index += "\(name)=\(place(of: tensor, named: name).text)\n"
    }
  }

  /// Where a tensor stands; its elements are appended unless they are there already.
  private mutating func place(of tensor: Tensor, named name: String) -> PooledPlace {
    let pool = pool(of: tensor, named: name)
    let isTransposed = pool == .zigzag8 && tensor.isTall
    let bytes = isTransposed ? tensor.bytesByColumn : tensor.bytes
    let part = Part(
      bytes: pool == .zigzag8 ? Zigzag.encoded(bytes) : bytes,
      rowCount: isTransposed ? tensor.shape[0] : nil)
    let known = offsets[pool]?[part]
    if known == nil {
      offsets[pool, default: [:]][part] =
        pools[pool, default: []].count / pool.tensorType.byteCount
      pools[pool, default: []].append(contentsOf: part.bytes)
    }
    return PooledPlace(pool, offset: known, shape: tensor.shape, isTransposed: isTransposed)
  }

  private func pool(of tensor: Tensor, named name: String) -> TensorPool {
    guard let pool = TensorPool(tensor.type) else {
      preconditionFailure("no weight holds \(tensor.type)")
    }
    guard pool == .int8 else { return pool }
    switch packing {
    case .plain: return .int8
    case .codes: return name == FormatName.codes ? .zigzag8 : .int8
    case .codesAndExponents: return .zigzag8
    }
  }
}

extension PooledForm {
  /// Layers in the order of their `index`, which must count from 0 without gaps.
  public static func ordered(_ layers: [FormatNode]) throws(FormatError) -> [FormatNode] {
    var placed = [FormatNode?](repeating: nil, count: layers.count)
    for layer in layers {
      let index = try layer.integer(FormatName.index)
      guard placed.indices.contains(index), placed[index] == nil else {
        throw FormatError(
          at: layer.location(of: FormatName.index),
          .outOfRange("index \(index), expected each of 0 to \(layers.count - 1) once"))
      }
      placed[index] = layer
    }
    return placed.compactMap { $0 }
  }
}

extension Tensor {
  /// Whether it has more rows than columns, as factors have: then the codes of one component lie in
  /// a column, and they resemble one another more than those of a row.
  fileprivate var isTall: Bool { shape.count == 2 && shape[0] > shape[1] && shape[1] > 1 }

  fileprivate var bytesByColumn: [UInt8] {
    ByteMatrix.transposed(bytes, rowCount: shape[0], columnCount: shape[1])
  }
}
