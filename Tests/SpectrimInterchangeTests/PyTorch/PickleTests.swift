import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite struct RefusedFileTests {
  @Test(arguments: [
    (
      "module.pt",
      "it needs `torch.nn.modules.container.Sequential`, which could run any code; "
        + "save the weights alone with torch.save(model.state_dict(), …) or as safetensors"
    ),
    (
      "legacy.pt",
      "a bare pickle, as torch saved before 1.6; load it there and save the weights alone with "
        + "torch.save(model.state_dict(), …) or as safetensors"
    ),
    (
      "script.pt",
      "a TorchScript program; load it in torch and save the weights alone with "
        + "torch.save(model.state_dict(), …) or as safetensors"
    ),
    ("expanded.pt", "tensor `w` repeats elements of its storage; save w.contiguous()"),
  ])
  func whatTorchSavesBesideWeightsIsRefused(file: String, expected: String) {
    #expect(
      message {
        _ = try PyTorchFile.read(at: ArchiveFixture.path(file), options: ImportOptions())
      } == expected)
  }
}

/// Pickles that Python's own pickler or an attacker writes, in an archive as torch makes it.
@Suite(.needsPython)
struct PickleTests {
  private static let remedy =
    "which could run any code; save the weights alone with torch.save(model.state_dict(), …) or as "
    + "safetensors"

  private func read(_ program: String) throws -> ImportedModel {
    let folder = try TemporaryDirectory()
    let path = folder.path("m.pt")
    try Python.run(
      """
      import collections, io, pickle, struct, sys, zipfile
      class Storage:
          def __init__(self, count=4, key="0", kind="FloatStorage"):
              self.id = ("storage", Global("torch", kind), key, "cpu", count)
      class Global:
          def __init__(self, module, name): self.module, self.name = module, name
          def __reduce__(self): return self.name
      class Tensor:
          def __init__(self, storage=None, offset=0, shape=(2, 2), strides=(2, 1)):
              self.parts = (storage or Storage(), offset, shape, strides, False, collections.OrderedDict())
          def __reduce__(self): return Global("torch._utils", "_rebuild_tensor_v2"), self.parts
      class Pickler(pickle._Pickler):
          def persistent_id(self, value): return value.id if isinstance(value, Storage) else None
          def save(self, value, save_persistent_id=True):
              if isinstance(value, Global):
                  self.write(f"c{value.module}\\n{value.name}\\n".encode())
              else:
                  super().save(value, save_persistent_id)
          def save_reduce(self, func, args, *rest, obj=None, **more):
              if isinstance(func, Global):
                  self.save(func); self.save(args); self.write(b"R")
              else:
                  super().save_reduce(func, args, *rest, obj=obj, **more)
      def dumps(value, protocol=2):
          out = io.BytesIO()
          Pickler(out, protocol).dump(value)
          return out.getvalue()
      def put(data, storages={"0": struct.pack("<4f", 1, 2, 3, 4)}, **more):
          with zipfile.ZipFile(sys.argv[1], "w") as z:
              z.writestr("m/data.pkl", data)
              for key, value in storages.items(): z.writestr("m/data/" + key, value)
              for key, value in more.items(): z.writestr("m/" + key, value)
      \(program)
      """, [path])
    return try PyTorchFile.read(at: path, options: ImportOptions())
  }

  @Test(arguments: [2, 3, 4, 5])
  func everyProtocolIsRead(version: Int) throws {
    let imported = try read(
      """
      put(dumps({"w": Tensor(), "note": [1, -7, 300, 70000, 2 ** 40, 2.5, None, True, "é" * 300],
                 "t": (1, 2, 3, 4)}, \(version)))
      """)
    let source = try #require(imported.checkpoint?.source)
    #expect(source.entries.map(\.name) == ["w"])
    #expect(imported.notes == ["2 entries that are no tensors are left out"])
    guard case .weight(let weight) = try source.content(of: 0) else { return }
    #expect(weight.materialized().elements == [1, 2, 3, 4])
  }

  @Test(arguments: [
    ("put(b'\\x80\\x02cos\\nsystem\\nX\\x02\\x00\\x00\\x00ls\\x85R.')", "it needs `os.system`"),
    (
      "put(b'\\x80\\x04\\x8c\\x08builtins\\x8c\\x04eval\\x93)R.')", "it needs `builtins.eval`"
    ),
    (
      "put(b'\\x80\\x02ctorch._utils\\n_rebuild_sparse_tensor\\n.')",
      "it needs `torch._utils._rebuild_sparse_tensor`"
    ),
    ("put(b'\\x80\\x02ctorch\\nComplexFloatStorage\\n.')", "it needs `torch.ComplexFloatStorage`"),
    ("put(b'\\x80\\x02(i__main__\\nX\\n.')", "its pickle has operation 105"),
    ("put(b'\\x80\\x02)}\\x81.')", "its pickle has operation 129"),
    ("put(b'\\x80\\x02K\\x01}b.')", "it sets the state of an object"),
  ])
  func whatCouldRunCodeIsRefused(program: String, reason: String) {
    #expect(message { _ = try read(program) } == "\(reason), \(Self.remedy)")
  }

  @Test(arguments: [
    ("put(b'')", "damaged: its pickle ends at byte 0"),
    ("put(b'\\x80\\x02}')", "damaged: its pickle ends at byte 3"),
    ("put(b'\\x80\\x07}.')", "damaged: its pickle has protocol 7, expected 2 to 5"),
    ("put(b'\\x80\\x02.')", "damaged: its pickle takes from an empty stack"),
    ("put(b'\\x80\\x02t.')", "damaged: its pickle takes from an empty stack"),
    ("put(b'\\x80\\x02h\\x05.')", "damaged: its pickle recalls value 5, which it has not"),
    ("put(b'\\x80\\x02}K\\x01a.')", "damaged: its pickle appends to what is no list"),
    (
      "put(b'\\x80\\x02]K\\x01K\\x01s.')", "damaged: its pickle sets items of what is no dictionary"
    ),
    ("put(b'\\x80\\x02K\\x01)R.')", "damaged: its pickle calls what cannot be called"),
    ("put(b'\\x80\\x02K\\x01Q.')", "damaged: its pickle refers to what is no storage"),
    ("put(b'\\x80\\x02X\\xff\\xff\\xff\\x7f.')", "damaged: its pickle ends at byte 7"),
    (
      "put(b'\\x80\\x02X\\x01\\x00\\x00\\x00\\xff.')",
      "damaged: its pickle has a text that is not UTF-8"
    ),
    (
      "put(b'\\x80\\x02\\x8a\\x09' + b'1' * 9 + b'.')",
      "its pickle has an integer of 9 bytes; expected at most 8"
    ),
    (
      "put(b'\\x80\\x02' + b'N' * 70000 + b'.')", "damaged: its pickle keeps more than 65536 values"
    ),
    (
      "put(b'\\x80\\x02N' + b'\\x94' * 1100000 + b'.')",
      "damaged: its pickle keeps more than 1048576 values"
    ),
    (
      "put(b'\\x80\\x02)' + b'\\x85' * 200000 + b'.')",
      "damaged: its pickle has tuples in tuples more than 64 deep"
    ),
    (
      "put(dumps({'w': Tensor(shape=(2, 3))}))",
      "tensor `w` of shape [2, 3] reaches outside its storage of 4 elements"
    ),
    (
      "put(dumps({'w': Tensor(offset=1)}))",
      "tensor `w` of shape [2, 2] reaches outside its storage of 4 elements"
    ),
    (
      "put(dumps({'w': Tensor(offset=-1)}))",
      "tensor `w` of shape [2, 2] reaches outside its storage of 4 elements"
    ),
    (
      "put(dumps({'w': Tensor(strides=(-2, 1))}))",
      "tensor `w` of shape [2, 2] reaches outside its storage of 4 elements"
    ),
    (
      "put(dumps({'w': Tensor(shape=(2 ** 62, 2 ** 62), strides=(0, 0))}))",
      "tensor `w` of shape [4611686018427387904, 4611686018427387904] reaches outside its storage "
        + "of 4 elements"
    ),
    (
      "put(dumps({'w': Tensor(shape=(2, 2, 2 ** 40), strides=(0, 0, 0))}))",
      "tensor `w` repeats elements of its storage; save w.contiguous()"
    ),
    (
      "put(dumps({'w': Tensor(Storage(5))}))",
      "tensor `w` has a storage of 16 bytes; expected 5 elements"
    ),
    ("put(dumps({'w': Tensor(Storage(key='1'))}))", "tensor `w` has no storage `data/1`"),
    (
      "put(dumps({'w': Tensor(Storage(key='../../0'))}))",
      "tensor `w` has no storage `data/../../0`"
    ),
    ("put(b'\\x80\\x02.', byteorder='middle')", "damaged: its pickle takes from an empty stack"),
    ("put(dumps({'w': Tensor()}), byteorder='middle')", "`byteorder` is `middle`"),
    (
      "put(dumps({'w': 1}))",
      "has no tensors at its top; save the weights alone with torch.save(model.state_dict(), …) or "
        + "as safetensors"
    ),
    (
      "put(dumps([Tensor()]))",
      "holds no dictionary of tensors; save the weights alone with torch.save(model.state_dict(), …) "
        + "or as safetensors"
    ),
    ("open(sys.argv[1], 'wb').write(b'PK')", "not an intact ZIP archive (not a zip archive)"),
    ("put(b'', **{'x/data.pkl': b''})", "damaged: its pickle ends at byte 0"),
    (
      """
      with zipfile.ZipFile(sys.argv[1], "w") as z: z.writestr("x", b"")
      """, "0 folders with `data.pkl`; expected one"
    ),
    (
      """
      import tarfile
      open(sys.argv[1] + ".x", "wb").close()
      with tarfile.open(sys.argv[1], "w") as t: t.add(sys.argv[1] + ".x")
      """,
      "a tar archive, as torch saved before 1.6; load it there and save the weights alone with "
        + "torch.save(model.state_dict(), …) or as safetensors"
    ),
  ])
  func aBadFileHasItsError(program: String, expected: String) {
    #expect(message { _ = try read(program) } == expected)
  }

  @Test func theStrideOfASideOfOneMayBeAnyNumber() throws {
    let imported = try read(
      """
      put(dumps({"w": Tensor(offset=1, shape=(3, 1, 1), strides=(1, 2 ** 63 - 1, 2 ** 62)),
                 "v": Tensor(Storage(5, "1"), 1, (2, 1, 2), (2, 2 ** 63 - 1, 1))}),
          {"0": struct.pack("<4f", 1, 2, 3, 4), "1": struct.pack("<5f", 1, 2, 3, 4, 5)})
      """)
    let source = try #require(imported.checkpoint?.source)
    guard case .plain(let column) = try source.content(of: 0),
      case .weight(let weight) = try source.content(of: 1)
    else {
      Issue.record("a column or a matrix has become something else")
      return
    }
    #expect(column.floats == [2, 3, 4])
    #expect(weight.materialized().elements == [2, 3, 4, 5])
  }

  @Test func afterFourWrappersANameIsKept() throws {
    let imported = try read("put(dumps({'module.' * 20000 + 'w': Tensor()}))")
    #expect(imported.notes.count == 4)
    #expect(imported.checkpoint?.source.entries[0].name.utf8.count == 7 * 19996 + 1)
  }

  @Test func aDictionaryThatHoldsItselfEnds() throws {
    let imported = try read(
      "d = {'w': Tensor()}; d['state_dict'] = d; d['model'] = {'model': d}; put(dumps(d))")
    #expect(imported.checkpoint?.source.entries.count == 1)
  }

  @Test func aPickleBombIsRefused() {
    #expect(
      message {
        _ = try read(
          """
          with zipfile.ZipFile(sys.argv[1], "w", 8) as z: z.writestr("m/data.pkl", bytes(17 << 20))
          """)
      } == "`m/data.pkl` has 17825792 bytes; expected at most 16777216")
  }
}
