// swift-tools-version: 6.0
import PackageDescription

/// Every Swift target: the arrows between modules are checked by the compiler.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.byName(name: name), "SpectrimTestSupport"] + dependencies,
    exclude: exclude, swiftSettings: settings)
}

func library(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: name, pkgConfig: pkgConfig, providers: [.apt([apt, "pkg-config"]), .brew([brew])])
}

let package = Package(
  name: "Spectrim",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "Spectrim", targets: ["Spectrim"]),
    // Training on images in a program of one's own; the benchmarks use it.
    .library(name: "SpectrimTraining", targets: ["SpectrimData", "SpectrimTraining"]),
    .executable(name: "spectrim", targets: ["SpectrimCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.30.0"),
  ],
  targets: [
    // System libraries: module map and shim only.
    library("CBLAS", "openblas", apt: "libopenblas-dev", brew: "openblas"),
    library("CHDF5", "hdf5", apt: "libhdf5-dev", brew: "hdf5"),
    library("CLAPACK", "lapacke", apt: "liblapacke-dev", brew: "lapack"),
    library("CPNG", "libpng", apt: "libpng-dev", brew: "libpng"),
    library("CZip", "libzip", apt: "libzip-dev", brew: "libzip"),
    library("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
    library("CZstd", "libzstd", apt: "libzstd-dev", brew: "zstd"),

    // Values, without I/O and without C.
    module("SpectrimCore"),
    tests("SpectrimCore"),

    // Mathematics.
    module("SpectrimLinearAlgebra", ["CBLAS", "CLAPACK", "SpectrimCore"]),
    tests("SpectrimLinearAlgebra", ["SpectrimCore"]),
    module("SpectrimSpectra", ["SpectrimCore", "SpectrimLinearAlgebra"]),
    tests("SpectrimSpectra", ["SpectrimCore", "SpectrimLinearAlgebra"]),
    module("SpectrimTraining", ["CBLAS", "SpectrimCore"]),
    tests("SpectrimTraining", ["SpectrimCore", "SpectrimData"]),
    module(
      "SpectrimCompression",
      ["SpectrimCore", "SpectrimLinearAlgebra", "SpectrimSpectra", "SpectrimTraining"]),
    tests("SpectrimCompression", ["SpectrimCore", "SpectrimLinearAlgebra", "SpectrimSpectra"]),
    module("SpectrimInference", ["CBLAS", "SpectrimCore"]),
    tests("SpectrimInference", ["SpectrimCore"]),

    // Files.
    .target(name: "CSpectrimFilter", dependencies: ["CHDF5", "CZstd"]),
    module("SpectrimHDF5", ["CHDF5", "CSpectrimFilter"]),
    tests("SpectrimHDF5"),
    module("SpectrimFormat", ["SpectrimCore"]),
    tests("SpectrimFormat", ["SpectrimCore"]),
    module(
      "SpectrimFiles",
      [
        "CZstd", "SpectrimCore", "SpectrimFormat", "SpectrimHDF5",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    tests(
      "SpectrimFiles", ["SpectrimCore", "SpectrimFormat", "SpectrimHDF5"],
      exclude: ["damage_model.py", "read_model.py", "validate_tree.py", "write_model.py"]),
    module(
      "SpectrimInterchange",
      [
        "CZip", "SpectrimCore", "SpectrimData", "SpectrimFormat", "SpectrimHDF5",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], exclude: ["ONNX/Format/onnx.proto"]),
    tests(
      "SpectrimInterchange", ["SpectrimCore", "SpectrimHDF5", "SpectrimInference"],
      exclude: ["Fixtures", "Scripts"]),
    module("SpectrimData", ["CPNG", "CZlib", "SpectrimCore"]),
    tests("SpectrimData", ["SpectrimCore"]),

    // What people see.
    module("SpectrimReports", ["SpectrimCore", "SpectrimSpectra"]),
    tests("SpectrimReports", ["SpectrimCore", "SpectrimSpectra"], exclude: ["Golden"]),
    module(
      "Spectrim", ["SpectrimCompression", "SpectrimCore", "SpectrimFiles", "SpectrimInference"]),
    // The re-exported modules are named, so that a change of theirs rebuilds the tests.
    tests(
      "Spectrim",
      [
        "SpectrimCompression", "SpectrimCore", "SpectrimData", "SpectrimFiles",
        "SpectrimInference",
      ]),
    .executableTarget(
      name: "SpectrimCommand",
      dependencies: [
        "SpectrimCompression", "SpectrimCore", "SpectrimData", "SpectrimFiles", "SpectrimFormat",
        "SpectrimInference", "SpectrimInterchange", "SpectrimLinearAlgebra", "SpectrimReports",
        "SpectrimSpectra", "SpectrimTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    tests(
      "SpectrimCommand", ["SpectrimCore", "SpectrimData", "SpectrimFiles", "SpectrimHDF5"],
      exclude: ["Golden", "write_model.py"]),

    // What all tests share.
    .target(
      name: "SpectrimTestSupport", dependencies: ["SpectrimCore"],
      path: "Tests/SpectrimTestSupport", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
