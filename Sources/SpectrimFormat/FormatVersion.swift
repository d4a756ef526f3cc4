/// The version of the format: a reader refuses another major number and warns of a newer minor one.
public struct FormatVersion: Sendable, Equatable, CustomStringConvertible {
  /// Changes when old readers would go wrong.
  public let major: Int
  /// Changes when something is added that old readers may overlook.
  public let minor: Int

  /// Creates a version.
  public init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// The version that this code writes.
  public static let current = FormatVersion(major: 1, minor: 1)

  /// `major.minor`.
  public var description: String { "\(major).\(minor)" }
}

/// Bounds that every file keeps, checked before anything is allocated.
public enum FormatLimit {
  /// Bytes of one tensor: 2⁴⁰, far above any weight matrix, so that sizes cannot overflow.
  public static let tensorByteCount = 1 << 40
  /// Rows or columns of one matrix: 2²², above any vocabulary. Factors of rank 0 store nothing and
  /// could claim any sides; `4 · sideCount² · layerCount` still fits `Int`.
  public static let sideCount = 1 << 22
  /// Layers of one model.
  public static let layerCount = 65_536
  /// Bytes that a tensor may declare however few it stores; zeros compress to next to nothing.
  public static let plausibleByteCount = 64 << 20
  /// Bytes that all tensors of a file may have together however small it is; names and lines may
  /// share their data, so the limit of a single tensor does not bound the sum.
  public static let plausibleSumByteCount = 128 << 20
  /// Bytes of tensors per byte of the file beyond that: trained weights reach 1 : 50.
  public static let plausibleSumRatio = 1 << 10
  /// Bytes that the dense matrix of a weight may have however few its tensors have.
  public static let plausibleDenseByteCount = 256 << 20
  /// Bytes of a dense matrix per byte of its tensors beyond that: rank 8 of 50 000 × 50 000 in codes
  /// of one byte has 12 500.
  public static let plausibleDenseRatio = 1 << 14
  /// Names of classes.
  public static let labelCount = 1 << 20
  /// Bytes of the record and of one line of facts.
  public static let textByteCount = 16 << 20
  /// Groups below one another; LoRA on LoRA is the only nesting without a natural end.
  public static let depth = 16
  /// Up to this many bytes of codes the packings of a pool are tried and the smallest is kept.
  public static let packingTrialByteCount = 1 << 20
  /// What one more dataset of a pool costs beyond its data: header, link, lengths, checksum.
  /// - Source: measured with libhdf5 1.10.8: 108 to 134 bytes of header, 15 to 19 of a link.
  public static let poolByteCount = 128
  /// Below this many bytes of tensors a file is pooled unless another form is asked for.
  public static let pooledByteCount = 1 << 20
  /// The largest tensor in compact storage; libhdf5 itself allows 64 KiB with all messages.
  public static let compactByteCount = 32 << 10
  /// What a chunk costs beyond compact storage, which is why small tensors are not compressed.
  /// - Source: measured with libhdf5 1.10.8: layout, filter and checksum messages take 55–70 bytes.
  public static let chunkOverheadByteCount = 64
  /// The largest chunk of a larger tensor.
  public static let chunkByteCount = 4 << 20
  /// From this many bytes of a tensor on, zstd's level 3 replaces 19, which would take minutes.
  public static let fastLevelByteCount = 8 << 20
  /// From this many bytes of tensors on, the record holds a digest per tensor.
  public static let tensorDigestByteCount = 1 << 20
}
