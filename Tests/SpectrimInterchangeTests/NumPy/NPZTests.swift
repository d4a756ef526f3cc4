import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite(.needsPython)
struct NPZTests {
  /// Runs a program that writes `path` with numpy.
  private func read(_ program: String) throws -> ImportedModel {
    let folder = try TemporaryDirectory()
    let path = folder.path("a.npz")
    try Python.run(
      """
      import io, sys, zipfile, numpy as np
      path = sys.argv[1]
      def npy(header, data=b"", version=1):
          text = header.encode() + b" " * (-(10 + len(header) + 1) % 64) + b"\\n"
          return b"\\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2, "little") + text + data
      def put(data, method=0, name="a.npy"):
          with zipfile.ZipFile(path, "w", method) as z: z.writestr(name, data)
      \(program)
      """, [path])
    return try NPZFile.read(at: path, options: ImportOptions())
  }

  @Test func everyTypeAndOrderIsRead() throws {
    let imported = try read(
      """
      a = np.arange(24).reshape(4, 6)
      kinds = "?bBhHiIqQefd"
      np.savez_compressed(path, **{f"x/{i}{o}": np.asarray(a.astype(k).astype(np.dtype(k).newbyteorder(o)),
          order="F" if i % 2 else "C") for i, k in enumerate(kinds) for o in "<>"})
      """)
    let source = try #require(imported.checkpoint?.source)
    let types: [ScalarType] = [
      .bool, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float16, .float32,
      .float64,
    ]
    #expect(source.entries.count == 24)
    for (index, entry) in source.entries.enumerated() {
      #expect(entry.type == types[index / 2] && entry.shape == [4, 6])
      switch try source.content(of: index) {
      case .weight(let weight):
        #expect(weight.materialized().elements == (0..<24).map { Float($0) })
      case .plain(let tensor):
        let values = stride(from: 0, to: tensor.bytes.count, by: entry.type.byteCount)
          .map { tensor.bytes[$0] }
        #expect(values == (0..<24).map { entry.type == .bool ? min($0, 1) : $0 })
      }
    }
  }

  @Test(arguments: [
    (
      "np.savez(path, a=np.array([{}], object))",
      "`a` has type `|O`: Python objects, which only unpickling could read; save plain arrays of "
        + "numbers"
    ),
    (
      "put(npy(\"{'descr': '|V2', 'fortran_order': False, 'shape': (2,)}\", b'1234'))",
      "`a` has type `|V2`: two bytes without a type, as bfloat16 is saved; save it as float32"
    ),
    (
      "np.savez(path, a=np.zeros(2, np.complex64))",
      "`a` has type `<c8`: elements that are not read; save it as float32"
    ),
    (
      "np.savez(path, a=np.zeros(2, 'S3'))",
      "`a` has type `|S3`: elements that are not read; save it as float32"
    ),
    (
      "np.savez(path, a=np.zeros(2, [('x', 'f4')]))",
      "`a`: found records; expected plain numbers"
    ),
    (
      "put(npy(\"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,)}\", b'1234'))",
      "`a` has 4 bytes of elements; expected 4000000 for shape [1000000]"
    ),
    (
      "put(npy(\"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\", bytes(10 ** 6)), 8)",
      "`a` has 1000000 bytes of elements; expected 8 for shape [2]"
    ),
    (
      "put(npy(\"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,4294967296)}\"))",
      "`a` has shape [4294967296, 4294967296], which cannot be counted"
    ),
    (
      "put(npy(\"{'descr': '<f4', 'fortran_order': False, 'shape': (0,4611686018427387904)}\"))",
      "`a` has shape [0, 4611686018427387904], which cannot be counted"
    ),
    ("put(b'x' * 20)", "`a`: found no numpy signature; expected a .npy file"),
    ("put(npy('x', version=9))", "`a`: found version 9; expected 1, 2 or 3"),
    ("put(b'1', name='b.txt')", "no arrays; expected entries named ….npy"),
    ("open(path, 'wb').write(b'plain')", "not an intact ZIP archive (not a zip archive)"),
    (
      "np.savez(path, spectrim=np.zeros(3))",
      "`spectrim.npy` is no list of texts; expected type <U"
    ),
    (
      "np.savez(path, a=np.zeros((2, 2)), spectrim=np.array(['/graph']))",
      "description: line `/graph` is broken or stands twice; write the file again"
    ),
    (
      "np.savez(path, a=np.zeros((2, 2)), spectrim=np.array(['/graph=chain']))",
      "description: `/`: no attribute `format` = `spectrim-model`; not a Spectrim model"
    ),
    (
      "np.savez(path, a=np.zeros((2, 2)), spectrim=np.array(['/layers/a/weight/W=@f32 [2 2] b']))",
      "description: tensor `b` is missing or used twice; write the file again"
    ),
    (
      "np.savez(path, a=np.zeros((2, 2)), spectrim=np.array(['/layers/a/weight/W=@f32 [2 2] a']))",
      "description: tensor `a` has type f64; expected f32"
    ),
    (
      "np.savez(path, a=np.zeros((2, 2), 'f4'), spectrim=np.array(['/layers/a/W=@f32 [9 9] a']))",
      "description: tensor `a` has shape [2, 2]; expected [9, 9]"
    ),
  ])
  func aBadFileHasItsError(program: String, expected: String) {
    #expect(message { _ = try read(program) } == expected)
  }

  @Test func aDamagedElementIsFoundByItsChecksum() throws {
    let imported = try read(
      """
      np.savez(path, a=np.ones((4, 4), "f4"))
      f = open(path, "rb").read()
      open(path, "wb").write(f.replace(bytes([0, 0, 128, 63]), bytes([0, 0, 128, 64]), 1))
      """)
    let source = try #require(imported.checkpoint?.source)
    #expect(message { _ = try source.content(of: 0) } == "`a.npy` is damaged: CRC error")
  }
}
