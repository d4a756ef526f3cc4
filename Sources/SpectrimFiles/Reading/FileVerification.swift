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
      let file = try read(at: path, allowNonFinite: true)
      checks.append(
        .init(
          name: "structure", isOK: true,
          text:
            "format \(file.version), \(file.form.rawValue), layers: \(file.model.layers.count); "
            + "its checksums agree"))
      checks += file.digestChecks
      checks.append(file.finitenessCheck(allowNonFinite: allowNonFinite))
    } catch {
      let text = (error as? ModelFileError)?.message ?? "\(error)"
      checks.append(.init(name: "structure", isOK: false, text: text))
    }
    return FileVerification(opens: true, checks: checks)
  }

  private var digestChecks: [FileVerification.Check] {
    guard let recorded = model.record?.digests else {
      return [.init(name: "digest", isOK: true, text: "no digests in the file")]
    }
    let isEqual = recorded.content == digests.content
    let text =
      isEqual
      ? "SHA-256 \(recorded.content)"
      : "SHA-256 is \(digests.content), the report says \(recorded.content)"
    let content = FileVerification.Check(name: "digest", isOK: isEqual, text: text)
    guard let tensors = recorded.tensors else { return [content] }
    let differing = tensors.filter { digests.tensors?[$0.key] != $0.value }.keys.sorted()
    return [
      content,
      .init(
        name: "tensors", isOK: differing.isEmpty,
        text: differing.isEmpty
          ? "\(tensors.count) digests agree" : "differ: \(differing.joined(separator: ", "))"),
    ]
  }

  private func finitenessCheck(allowNonFinite: Bool) -> FileVerification.Check {
    do throws(FormatError) {
      for (index, step) in model.steps.enumerated() {
        let node = step.formatNode(index: index)
        try node.checkIsFinite()
        try step.layer?.checkIsFinite(at: node.path)
      }
      return .init(name: "values", isOK: true, text: "all are finite")
    } catch {
      return .init(name: "values", isOK: allowNonFinite, text: error.description)
    }
  }
}
