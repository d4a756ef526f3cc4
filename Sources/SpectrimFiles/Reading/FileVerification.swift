internal import SpectrimCore
internal import SpectrimFormat
internal import SpectrimHDF5

/// What a look at every byte of a file found.
public struct FileVerification: Sendable {
  /// One thing that was looked at.
  public struct Check: Sendable, Equatable {
    /// What was looked at.
    public let name: String
    /// Whether it is as it should be.
    public let isOK: Bool
    /// What was found.
    public let text: String
  }

  /// Whether the file could be opened at all.
  public let opens: Bool
  /// What was looked at, in order; it ends at the first thing that leaves nothing more to look at.
  public let checks: [Check]

  /// Whether nothing is wrong.
  public var isOK: Bool { opens && checks.allSatisfy(\.isOK) }
}

extension ModelFile {
  /// Reads everything in a file and compares it with its checksums, digests and the format.
  ///
  /// It never throws: what is wrong is the result. With `allowNonFinite` a NaN is told, not blamed.
  public static func verify(at path: String, allowNonFinite: Bool = false) -> FileVerification {
    do {
      try HDF5File.open(at: path).close()
    } catch {
      let text = (error as? HDF5Error).map { ModelFileError($0, file: path).message } ?? "\(error)"
      return FileVerification(
        opens: false, checks: [.init(name: "opens", isOK: false, text: text)])
    }
    var checks = [FileVerification.Check(name: "opens", isOK: true, text: "is HDF5")]
    do {
      switch try SpectrimFile.read(at: path, allowNonFinite: true) {
      case .model(let file): checks += file.checks(allowNonFinite: allowNonFinite)
      case .checkpoint(let file): checks += try file.checks(allowNonFinite: allowNonFinite)
      }
    } catch {
      let text = (error as? ModelFileError)?.message ?? "\(error)"
      checks.append(.init(name: "structure", isOK: false, text: text))
    }
    return FileVerification(opens: true, checks: checks)
  }

  private func checks(allowNonFinite: Bool) -> [FileVerification.Check] {
    let text =
      "format \(version), \(form.rawValue), layers: \(model.layers.count); its checksums agree"
    return [.init(name: "structure", isOK: true, text: text)]
      + FileVerification.compare(digests, with: model.record?.digests)
      + [finitenessCheck(allowNonFinite: allowNonFinite)]
  }

  private func finitenessCheck(allowNonFinite: Bool) -> FileVerification.Check {
    do throws(FormatError) {
      for (index, step) in model.steps.enumerated() {
        let node = step.formatNode(index: index)
        try node.checkIsFinite()
        try step.layer?.checkIsFinite(at: node.path)
      }
      return .finite
    } catch {
      return .init(name: "values", isOK: allowNonFinite, text: error.description)
    }
  }
}

extension FileVerification.Check {
  fileprivate static let finite = FileVerification.Check(
    name: "values", isOK: true, text: "all are finite")
}

extension FileVerification {
  fileprivate static func compare(
    _ digests: ConversionRecord.Digests, with recorded: ConversionRecord.Digests?
  ) -> [Check] {
    guard let recorded else {
      return [.init(name: "digest", isOK: true, text: "no digests in the file")]
    }
    let isEqual = recorded.content == digests.content
    let text =
      isEqual
      ? "SHA-256 \(recorded.content)"
      : "SHA-256 is \(digests.content), the report says \(recorded.content)"
    let content = Check(name: "digest", isOK: isEqual, text: text)
    guard let tensors = recorded.tensors else { return [content] }
    let differing = tensors.filter { digests.tensors?[$0.key] != $0.value }.keys.sorted()
    return [
      content,
      Check(
        name: "tensors", isOK: differing.isEmpty,
        text: differing.isEmpty
          ? "\(tensors.count) digests agree" : "differ: \(differing.joined(separator: ", "))"),
    ]
  }
}

extension CheckpointFile {
  /// Looks at every tensor once, one at a time.
  fileprivate func checks(allowNonFinite: Bool) throws -> [FileVerification.Check] {
    var digest = ContentDigest()
    digest.add(header.node)
    var values = FileVerification.Check.finite
    for (index, entry) in entries.enumerated() {
      try ModelFileError.located(in: path) {
        let node = try node(of: index)
        _ = try entry.content(from: node)
        digest.add(node)
        guard values.isOK else { return }
        do throws(FormatError) { try node.checkIsFinite() } catch {
          values = .init(name: "values", isOK: allowNonFinite, text: error.description)
        }
      }
    }
    let text =
      "format \(header.version), checkpoint, tensors: \(entries.count); its checksums agree"
    return [.init(name: "structure", isOK: true, text: text)]
      + FileVerification.compare(digest.digests, with: record?.digests) + [values]
  }
}
