import Foundation
import SpectrimCore
import SpectrimData
import SpectrimTestSupport
import Testing

@Suite(.needsPython)
struct NPYTests {
  @Test(arguments: [
    "|u1", "|i1", "<u2", ">i2", "<u4", ">i4", "<u8", ">i8", "<f2", ">f2", "<f4", ">f4", "<f8",
    ">f8",
  ])
  func everyTypeAndOrderIsThatOfNumpy(descriptor: String) throws {
    let folder = try TemporaryDirectory()
    try Python.run(
      """
      import numpy as np, sys
      a = (np.arange(24).reshape(2, 3, 4) * 5 - (0 if "u" in sys.argv[2] else 50)).astype(sys.argv[2])
      for order in "CF": np.save(sys.argv[1] + order, np.asarray(a, order=order))
      """, [folder.path("a"), descriptor])
    let shift = descriptor.contains("u") ? 0 : 50
    let expected = (0..<24).map { Float($0 * 5 - shift) }
    for order in ["C", "F"] {
      let array = try NPYArray(contentsOf: folder.path("a\(order).npy"))
      #expect(array.shape == [2, 3, 4])
      #expect(array.elements == expected)
      #expect(array.isInteger == !descriptor.contains("f"))
    }
  }

  @Test func allVersionsAndShapesAreRead() throws {
    let folder = try TemporaryDirectory()
    try Python.run(
      """
      import numpy as np, sys
      a = np.arange(6, dtype=np.float32)
      for v in 1, 2, 3:
          with open(f"{sys.argv[1]}/v{v}", "wb") as f:
              np.lib.format.write_array(f, a, version=(v, 0))
      np.save(sys.argv[1] + "/scalar.npy", np.float64(2.5))
      np.save(sys.argv[1] + "/empty.npy", np.zeros((0, 4), np.float32, order="F"))
      with open(sys.argv[1] + "/claim.npy", "wb") as file:
        np.lib.format.write_array_header_1_0(
          file, {"descr": "|u1", "fortran_order": False, "shape": (2**62, 0)})
      np.save(sys.argv[1] + "/images.npy", np.zeros((3, 2, 5), np.uint8))
      """, [folder.url.path])
    for version in 1...3 {
      #expect(try NPYArray(contentsOf: folder.path("v\(version)")).elements == [0, 1, 2, 3, 4, 5])
    }
    let scalar = try NPYArray(contentsOf: folder.path("scalar.npy"))
    #expect(scalar.shape == [] && scalar.elements == [2.5])
    #expect(scalar.batch(width: 1)?.shape == Shape(1, 1))
    #expect(try NPYArray(contentsOf: folder.path("empty.npy")).elements.isEmpty)
    #expect(try NPYArray(contentsOf: folder.path("claim.npy")).batch(width: 784) == nil)
    let images = try NPYArray(contentsOf: folder.path("images.npy"))
    #expect(images.batch(width: 10)?.shape == Shape(3, 10))
    #expect(images.batch(width: 30)?.shape == Shape(1, 30))
    #expect(images.batch(width: 7) == nil)
  }

  @Test(arguments: ["C", "F"])
  func hugeSidesBesideOneOfZeroFitNoWidth(order: String) throws {
    let folder = try TemporaryDirectory()
    try Python.run(
      """
      import numpy as np, sys
      with open(sys.argv[1], "wb") as f:
          np.lib.format.write_array_header_1_0(
              f, {"descr": "|u1", "fortran_order": sys.argv[2] == "F", "shape": (2**62, 0)})
      """, [folder.path("wide.npy"), order])
    #expect(try NPYArray(contentsOf: folder.path("wide.npy")).batch(width: 784) == nil)
  }

  private static let defects: [Defect] = [
    Defect(expression: "b'PK' + f", message: "found no numpy signature; expected a .npy file"),
    Defect(
      expression: "f[:6] + bytes([4]) + f[7:]", message: "found version 4; expected 1, 2 or 3"),
    Defect(expression: "f[:50]", message: "found 40 bytes of header; expected 118"),
    Defect(
      expression: "f[:-1]",
      message: "found 23 bytes of elements; expected 24 for shape [6] of `<f4`"),
    Defect(
      expression: "f + b'x'",
      message: "found 25 bytes of elements; expected 24 for shape [6] of `<f4`"),
    Defect(
      expression: "f.replace(b'<f4', b'<c8')",
      message:
        "found elements of type `<c8`; expected integers of 1 to 8 bytes or floats of 2, 4 or 8"),
    Defect(
      expression: "f.replace(b'False', b'Maybe')",
      message: "found `Maybe, 'shap` in the header; expected `True` or `False`"),
    Defect(
      expression: "f.replace(b\"'shape'\", b\"'shapo'\")",
      message: "found key `shapo`; expected `descr`, `fortran_order` and `shape`, each once"),
    Defect(
      expression: "f.replace(b\"'shape': (6,), \", b' ' * 15)",
      message: "found no key `shape`; expected all three keys"),
    Defect(
      expression: "f.replace(b'(6,)', b'(-6)')",
      message: "found `-6), }      ` in the header; expected a side of the shape"),
    Defect(
      expression: "f.replace(b'(6,), }' + b' ' * 40, b'(4294967296,4294967296), }' + b' ' * 21)",
      message: "found shape [4294967296, 4294967296]; expected a smaller array"),
    Defect(
      expression: "f.replace(b'(6,), }' + b' ' * 27, b'(0, 4611686018427387904, 3), }' + b' ' * 4)",
      message: "found shape [0, 4611686018427387904, 3]; expected a smaller array"),
    Defect(
      expression: "f.replace(b'}', b'x')",
      message: "found `x           ` in the header; expected a quoted text"),
    Defect(expression: "r", message: "found records; expected plain numbers"),
  ]

  @Test(arguments: defects)
  func aBadFileHasItsError(defect: Defect) throws {
    let folder = try TemporaryDirectory()
    try Python.run(
      """
      import io, numpy as np, sys
      def saved(a):
          b = io.BytesIO(); np.save(b, a); return b.getvalue()
      f = saved(np.arange(6, dtype=np.float32))
      r = saved(np.zeros(2, [("a", "f4")]))
      open(sys.argv[1], "wb").write(\(defect.expression))
      """, [folder.path("bad.npy")])
    #expect(
      message(in: folder) { _ = try NPYArray(contentsOf: folder.path("bad.npy")) }
        == "bad.npy: \(defect.message)")
  }
}
