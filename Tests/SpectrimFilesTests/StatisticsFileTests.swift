import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

private let sample = CalibrationStatistics(
  exampleCount: 7,
  layers: [
    LayerStatistics(
      name: "fc/1", mean: [0.5, -1], covariance: Matrix<Double>(rows: [[2, 0.25], [0.25, 1]]),
      outputMetric: Matrix<Double>(rows: [[3]])),
    LayerStatistics(
      name: "b", mean: [1], covariance: Matrix<Double>(rows: [[1e-9]]),
      outputMetric: Matrix<Double>(rows: [[1, 0], [0, 1.0 / 3]])),
    LayerStatistics(
      name: "groups", mean: [1, 2, 3, 4],
      covariance: Matrix<Double>(rows: [[2, 0.25], [0.25, 1]]),
      outputMetric: Matrix<Double>(rows: [[1, 0], [0, 2]])),
  ])

@Test func statisticsReadBackAsTheyWereWritten() throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("statistics.h5")
  try StatisticsFile.write(sample, to: path)
  #expect(try StatisticsFile.read(at: path) == sample)
}

@Test(.needsPython) func h5pyReadsStatisticsByTheirNames() throws {
  let folder = try TemporaryDirectory()
  let path = folder.path("statistics.h5")
  try StatisticsFile.write(sample, to: path)
  let printed = try Python.run(
    Python.zstdFilter + """
      import sys
      f = h5py.File(sys.argv[1])
      layer = f["layers"]["fc%2F1"]
      print(f.attrs["format"].decode(), f.attrs["example_count"], layer.attrs["index"],
            layer["mean"][:].tolist(), layer["covariance"][:].tolist(), layer["output_metric"][0, 0])
      """, [path])
  #expect(
    printed
      == "spectrim-statistics 7 0 [0.5, -1.0] [[2.0, 0.25], [0.25, 1.0]] 3.0\n")
}

@Test func aModelIsNoFileOfStatistics() throws {
  let path = Places.repository.appending(path: "SampleModels/mnist-softmax.h5").path
  #expect(throws: ModelFileError.self) { try StatisticsFile.read(at: path) }
}
