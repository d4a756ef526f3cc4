import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

/// Files that somebody made to hurt, with h5py: one clear error each, in little time and memory.
@Suite(.needsPython) struct HostileFileTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("model.h5")
  }

  struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What is done to `layer`, the group of a layer 2×3 in `file`, with `np` at hand.
    let script: String
    let message: String
  }

  private static let attacks = [
    Attack(
      testDescription: "a side of 2³¹ beside one of 0",
      script: "del weight['W']; weight.create_dataset('W', shape=(2**31, 0), dtype='f4')",
      message: "shape [2147483648, 0], expected sides of at most 4194304"),
    Attack(
      testDescription: "an input of 2⁹⁶ numbers",
      script: """
        i = file['input'].attrs
        i['shape'] = np.array([2**32] * 3, 'i8'); i['layout'] = np.bytes_('chw')
        """,
      message: "an input of shape [4294967296, 4294967296, 4294967296] with layout `chw`"),
    Attack(
      testDescription: "a group in itself", script: "layer['again'] = layer",
      message: "is a second link to a group; only datasets may have two"),
    Attack(
      testDescription: "groups with two names each, 2³⁰ in all",
      script: """
        g = layer
        for _ in range(30): h = g.create_group('a'); g['b'] = h; g = h
        """,
      message: "is a second link to a group; only datasets may have two"),
    Attack(
      testDescription: "one dataset of zeros under a thousand names",
      script: """
        d = layer.create_dataset('z0', data=np.zeros((4, 1 << 20), 'f4'), compression='gzip')
        for i in range(1, 1000): layer['z%d' % i] = d
        """,
      message: "the tensors up to here are far larger than the file"),
    Attack(
      testDescription: "millions of labels",
      script: "file.create_dataset('labels', shape=(1 << 24,), dtype='S1', chunks=(4096,))",
      message: "shape [16777216], expected at most 1048576 names"),
    Attack(
      testDescription: "no outputs",
      script: "del weight['W']; weight['W'] = np.zeros((0, 3), 'f4')",
      message: "layer `fc` has no outputs; expected at least one"),
    Attack(
      testDescription: "a report of another kind",
      script: #"file['report'] = np.bytes_('{"tool": 1}')"#,
      message: "is not a record: another kind of value at tool"),
    Attack(
      testDescription: "codes beyond single precision",
      script: """
        del weight['W']; weight.attrs['representation'] = np.bytes_('quantized')
        weight.attrs['bits'] = 8; weight['codes'] = np.full((2, 3), 127, 'i1')
        weight['row_exponent'] = np.array([0, 127], 'i1')
        """,
      message: "`/layers/fc/weight`: element 3 is not finite"),
    Attack(
      testDescription: "an input scale that is no number",
      script: "layer.attrs['input_scale'] = np.nan; layer.attrs['input_zero_point'] = 0",
      message: "input scale nan, expected a finite number above 0"),
    Attack(
      testDescription: "a list of real numbers for a word",
      script: "layer.attrs['activation'] = np.array([1.0, 2.0])",
      message: "type an array of real numbers, expected one value or integers"),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: attacks)
  func itEndsInOneError(attack: Attack) throws {
    try writeModel()
    try Python.run(
      """
      import h5py, numpy as np, sys
      file = h5py.File(sys.argv[1], "r+")
      layer = file["layers/fc"]
      weight = layer["weight"]
      exec(sys.argv[2])
      file.close()
      """, [path, attack.script])
    let error = #expect(throws: ModelFileError.self) { try ModelFile.read(at: path) }
    #expect(error?.code == .invalid)
    #expect(error?.message.contains(attack.message) == true, "\(error?.message ?? "")")
    let verification = ModelFile.verify(at: path)
    #expect(verification.opens && !verification.isOK)
  }

  @Test func manyUnknownNamesAreCounted() throws {
    try writeModel()
    try Python.run(
      """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file:
          for i in range(100): file["layers/fc"].attrs["a%d" % i] = i
      """, [path])
    let warnings = try ModelFile.read(at: path).warnings
    #expect(warnings.count == 21)
    #expect(warnings.last == "80 more names are not known")
  }

  @Test func aChangeBehindValidChecksumsIsAWarning() throws {
    try writeModel(ConversionRecord(tool: "test", source: .init(format: "test")))
    #expect(try ModelFile.read(at: path).warnings.isEmpty)
    try Python.run(
      """
      import h5py, sys
      with h5py.File(sys.argv[1], "r+") as file: file["layers/fc/weight/W"][0, 0] += 1
      """, [path])
    #expect(
      try ModelFile.read(at: path).warnings
        == ["the content is not what its report tells the SHA-256 of; see `verify`"])
  }

  private func writeModel(_ record: ConversionRecord? = nil) throws {
    let weight = WeightMatrix(Matrix<Float>(Shape(2, 3), [1, 2, 3, 4, 5, 6]))
    let model = try Model(
      name: "one", input: ModelInput(shape: [3]),
      layers: [Layer(name: "fc", weight: .dense(weight))], record: record)
    try ModelFile.write(model, to: path, storage: StorageSettings(form: .tree))
  }
}
