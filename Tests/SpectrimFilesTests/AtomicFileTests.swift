import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

@Test func aDeviceOrPipeIsNeverReplaced() throws {
  let folder = try TemporaryDirectory()
  let pipe = folder.path("pipe")
  try #require(mkfifo(pipe, 0o600) == 0)
  let error = try #require(
    throws: ModelFileError.self,
    performing: { try ModelFile.write(SampleLayers.model(), to: pipe, overwrite: true) })
  #expect(error.code == .cannotWrite)
  #expect(error.message == "is no regular file; name another target")
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["pipe"])
}
