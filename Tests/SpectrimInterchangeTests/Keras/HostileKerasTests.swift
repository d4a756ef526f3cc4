import Foundation
import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// A sound file after something was done to it, and what the reader says then.
struct KerasDefect: Sendable, CustomTestStringConvertible {
  /// Python with `f`, the open file, `kernel`, the path of a weight, and `config(old, new)`.
  let script: String
  let code: InterchangeError.Code
  let message: String

  init(_ script: String, _ code: InterchangeError.Code, _ message: String) {
    (self.script, self.code, self.message) = (script, code, message)
  }

  init(_ script: String, _ message: String) { self.init(script, .invalid, message) }

  var testDescription: String { message }
}

@Suite(.needsPython) struct HostileKerasTests {
  private func error(_ body: () throws -> Void) -> InterchangeError? {
    do {
      try body()
      return nil
    } catch {
      return error as? InterchangeError
    }
  }

  /// Changes a copy of a file and gives its path.
  private func changed(
    _ source: String, _ script: String, in folder: TemporaryDirectory
  ) throws -> String {
    let path = folder.path("changed.h5")
    try Data(contentsOf: URL(filePath: source)).write(to: URL(filePath: path))
    try Python.run(
      """
      import h5py, json, numpy as np, sys
      kernel = 'model_weights/fc1/tiny_mlp/fc1/kernel'
      with h5py.File(sys.argv[1], 'r+') as f:
          def config(old, new):
              text = f.attrs['model_config']
              assert old in text
              f.attrs['model_config'] = text.replace(old, new)
          def attribute(place, name, value):
              del f[place].attrs[name]
              f[place].attrs[name] = value
      \(script.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
      """, [path])
    return path
  }

  @Test(arguments: [
    KerasDefect(
      "del f['model_weights/fc1']; f['model_weights/fc1'] = h5py.ExternalLink('o.h5', '/x')",
      .unsupported, "an external link to `/x` in o.h5; only hard links are read"),
    KerasDefect(
      "del f['model_weights/fc1']; f['model_weights/fc1'] = h5py.SoftLink('/model_weights/fc2')",
      .unsupported, "a soft link to `/model_weights/fc2`"),
    KerasDefect(
      """
      v = h5py.VirtualLayout((12, 8), 'f4'); v[:] = h5py.VirtualSource('o.h5', 'x', (12, 8))
      del f[kernel]; f.create_virtual_dataset(kernel, v)
      """, .unsupported, "a virtual dataset"),
    KerasDefect(
      "del f[kernel]; f.create_dataset(kernel, (12, 8), 'f4', external='other')", .unsupported,
      "external storage"),
    KerasDefect(
      "del f[kernel]; f.create_dataset(kernel, (1 << 40, 8), 'f4', chunks=(1, 8))",
      "`kernel` has shape [1099511627776, 8]; its configuration asks for [12, 8]"),
    KerasDefect(
      "attribute('model_weights/fc1', 'weight_names', ['x' * 65536] * 40)",
      "declares strings of 2621440 bytes, the limit is 1048576"),
    KerasDefect(
      "f.attrs['model_config'] = '{\"class_name'", "`/@model_config`: broken JSON at byte"),
    KerasDefect("f.attrs['model_config'] = '[' * 100000", "`/@model_config`: broken JSON at byte"),
    KerasDefect(
      "f.attrs['model_config'] = '[' * 200 + ']' * 200", "`/@model_config`: broken JSON at byte"),
    KerasDefect("f.attrs['model_config'] = '[1]'", "the configuration names no class"),
    KerasDefect(
      "config('\"units\": 8', '\"units\": 9')",
      "layer `fc1`: `kernel` has shape [12, 8]; its configuration asks for [12, 9]"),
    KerasDefect(
      "config('\"units\": 8', '\"units\": -8')",
      "layer `fc1`: `units` is integer(-8); expected a count"
    ),
    KerasDefect("config('\"fc2\"', '\"fc1\"')", "two layers are named `fc1`"),
    KerasDefect(
      "attribute('model_weights', 'layer_names', ['fc1', 'fc1'])", "lists the layer `fc1` twice"),
    KerasDefect(
      "del f[kernel]", "`/model_weights/fc1/tiny_mlp/fc1/kernel`: there is no such object"),
    KerasDefect(
      "attribute('model_weights/fc1', 'weight_names', ['tiny_mlp/fc1/bias'])",
      "layer `fc1`: the file has no `kernel` for it"),
    KerasDefect(
      "attribute('model_weights', 'layer_names', ['fc2'])",
      "layer `fc1`: the file has no `kernel` for it"),
    KerasDefect(
      "del f[kernel]; f[kernel] = np.full((12, 8), b'text')", .unsupported,
      "holds fixedString(4); expected numbers"),
    KerasDefect(
      "del f[kernel]; f[kernel] = np.zeros((12, 8), 'i4')", .unsupported,
      "`kernel` is of type int32; expected floats"),
    KerasDefect(
      """
      c = json.loads(f.attrs['model_config'])
      c['config']['layers'][1]['config']['dtype'] = 'int4_from_float32'
      f.attrs['model_config'] = json.dumps(c)
      """, .unsupported, "layer `fc1`: quantized as `int4`"),
    KerasDefect(
      """
      c = json.loads(f.attrs['model_config'])
      c['config']['layers'][1]['config']['dtype'] = 'float8_from_float32'
      f.attrs['model_config'] = json.dumps(c)
      """, .unsupported, "layer `fc1`: quantized as `float8`"),
  ])
  func everyDefectHasItsError(defect: KerasDefect) throws {
    let folder = try TemporaryDirectory()
    let path = try changed(KerasFixture.path("mlp.h5"), defect.script, in: folder)
    let error = error { _ = try KerasFile.read(at: path) }
    #expect(error?.code == defect.code)
    #expect(error?.message.contains(defect.message) == true, "\(String(describing: error))")
    #expect(error?.file == path)
  }

  @Test(arguments: [
    ("f['model_weights/q1/int8/q1/kernel_scale'][0] = 0", "`kernel_scale` has values that are not"),
    ("f['model_weights/q1/int8/q1/kernel'][0, 0] = -128", "code -128 outside"),
    (
      "k = 'model_weights/q1/int8/q1/kernel'; del f[k]; f[k] = np.zeros((6, 5), 'f4')",
      "a quantized kernel of type float32; expected int8"
    ),
  ])
  func codesAreChecked(script: String, message: String) throws {
    let folder = try TemporaryDirectory()
    let path = try changed(KerasFixture.path("int8.h5"), script, in: folder)
    do {
      let reason = try KerasFile.read(at: path).checkpoint?.reason
      #expect(reason?.contains(message) == true, "\(String(describing: reason))")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test(arguments: [
    ("LayerNormalization", "LSTM", "layer `norm` is of class `LSTM`"),
    ("\"relu\"", "\"elu\"", "layer `fc1` applies `elu`"),
    ("\"axis\": [-1]", "\"axis\": [0]", "layer `norm` normalizes along axis [0]"),
    (
      "\"rms_scaling\": false", "\"rms_scaling\": true",
      "layer `norm` divides by a root mean square"
    ),
    ("\"Sequential\"", "\"Encoder\"", "it is a `Encoder`, not a chain of layers"),
    ("[null, 12]", "[null, null]", "its input may have any size; give it with --input-shape"),
    (
      "\"layers\": [", "\"layers\": [{\"class_name\": \"Add\", \"config\": {\"name\": \"sum\"}}, ",
      "layer `sum` is of class `Add`"
    ),
    ("[null, 12]", "[null, 1, 1, 1152921504606846976]", "its input has shape [1, 1, 11529"),
    ("[null, 12]", "[null, 3, 4]", "layer `fc1` takes an input of shape [3, 4]"),
    ("[null, 12]", "[null, 2, 2, 3]", "layer `fc1` is dense over the channels of a map"),
  ])
  func whatCannotRunIsACheckpointWithTheReason(old: String, new: String, reason: String) throws {
    let folder = try TemporaryDirectory()
    let path = try changed(
      KerasFixture.path("mlp.h5"), "config('''\(old)''', '''\(new)''')", in: folder)
    let checkpoint = try #require(try KerasFile.read(at: path).checkpoint)
    #expect(checkpoint.reason.contains(reason), "\(checkpoint.reason)")
    #expect(checkpoint.source.entries.first?.name == "fc1/kernel")
  }

  @Test func severalKernelsOfALayerAreToldApartByTheirPaths() throws {
    let folder = try TemporaryDirectory()
    let path = try changed(
      KerasFixture.path("mlp.h5"),
      """
      del f.attrs['model_config']
      f['model_weights/fc1/inner/kernel'] = np.zeros((2, 2), 'f4')
      attribute('model_weights/fc1', 'weight_names', ['tiny_mlp/fc1/kernel', 'inner/kernel'])
      """, in: folder)
    let source = try #require(try KerasFile.read(at: path).checkpoint).source
    let names = source.entries.prefix(3).map(\.name)
    #expect(names == ["fc1/tiny_mlp/fc1/kernel", "fc1/inner/kernel", "fc2/kernel"])
  }

  @Test(arguments: [
    ("f.create_dataset(kernel, (1 << 61, 0), 'f4')", "which cannot be counted"),
    ("f.create_dataset(kernel, (0, 1 << 61, 4), 'f4')", "which cannot be counted"),
  ])
  func sidesThatCannotBeCountedAreRefused(script: String, message: String) throws {
    let folder = try TemporaryDirectory()
    let path = try changed(
      KerasFixture.path("mlp.h5"), "del f.attrs['model_config'], f[kernel]\n" + script, in: folder)
    let error = error { _ = try KerasFile.read(at: path) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test func aDeclaredSizeIsNotAllocated() throws {
    let folder = try TemporaryDirectory()
    let path = try changed(
      KerasFixture.path("mlp.h5"),
      "del f.attrs['model_config'], f[kernel]\nf.create_dataset(kernel, (1 << 40, 8), chunks=(1, 8))",
      in: folder)
    let source = try #require(try KerasFile.read(at: path).checkpoint).source
    let error = error { _ = try source.content(of: 0) }
    #expect(error?.code == .invalid)
    #expect(error?.message.contains("declares 35184372088832 bytes") == true)
  }

  @Test(arguments: [
    KerasDefect("f['layers/again'] = f['layers']", "more groups than a model has"),
    KerasDefect(
      "f['layers/other'] = h5py.SoftLink('/layers/dense')", .unsupported, "a soft link"),
    KerasDefect(
      "del f['layers/dense/vars/0']; f['layers/dense/vars/0'] = h5py.ExternalLink('o.h5', '/x')",
      .unsupported, "an external link"),
    KerasDefect("del f['layers'], f['vars']", "is HDF5, but neither a model of Spectrim"),
  ])
  func weightsByNumberAreChecked(defect: KerasDefect) throws {
    let folder = try TemporaryDirectory()
    let weights = try KerasFixture.weights(of: "mlp.keras", in: folder)
    let path = try changed(weights, defect.script, in: folder)
    let error = error { _ = try KerasFile.read(at: path) }
    #expect(error?.code == defect.code)
    #expect(error?.message.contains(defect.message) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    KerasDefect("del parts['config.json']", "a ZIP archive without `config.json`"),
    KerasDefect("parts['config.json'] = b' ' * (70 << 20)", "expected at most 16777216"),
    KerasDefect(
      "parts['config.json'] = b'{\"config\": ' + b'[' * 120 + b'1e999' + b']' * 120 + b'}'",
      "`config.json`: broken JSON at byte"),
    KerasDefect(
      "parts['config.json'] = b'{\"class_name\": \"S\", \"config\": [' + b'{},' * (5 << 20) + b'0]}'",
      "a layer without a class or a name"),
    KerasDefect(
      "parts['config.json'] = b'{]'",
      "`config.json`: broken JSON at byte 1: found `]`, expected a quoted key"),
    KerasDefect("parts['model.weights.h5'] = b'nothing'", "is not an HDF5 file"),
    KerasDefect("parts['model.weights.h5'] = b''", "is not an HDF5 file"),
    KerasDefect("del parts['model.weights.h5']", "there is no `model.weights.h5`"),
    KerasDefect(
      "parts['model.weights.json'] = parts.pop('model.weights.h5')", .unsupported,
      "but `model.weights.json`"),
    KerasDefect(
      "parts['model.weights.npz'] = parts.pop('model.weights.h5')", .unsupported,
      "but `model.weights.npz`"),
    KerasDefect("parts['model.weights.h5'] = bytes(300 << 20)", "expected at most 268435456"),
  ])
  func archivesAreChecked(defect: KerasDefect) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("changed.keras")
    try Python.run(
      """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as archive:
          parts = {name: archive.read(name) for name in archive.namelist()}
      \(defect.script)
      with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as archive:
          for name, part in parts.items(): archive.writestr(name, part)
      """, [KerasFixture.path("mlp.keras"), path])
    let error = error { _ = try KerasFile.read(at: path) }
    #expect(error?.code == defect.code)
    #expect(error?.message.contains(defect.message) == true, "\(String(describing: error))")
  }

  @Test func otherFilesAreRefused() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("model.weights.json")
    try Data("{\"weight_map\": {}}".utf8).write(to: URL(filePath: path))
    #expect(error { _ = try KerasFile.read(at: path) }?.code == .unsupported)
    #expect(error { _ = try KerasFile.read(at: folder.path("gone.h5")) }?.code == .cannotRead)
    try Data("text".utf8).write(to: URL(filePath: path))
    #expect(error { _ = try KerasFile.read(at: path) }?.code == .invalid)
  }
}
