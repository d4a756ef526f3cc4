// swift-tools-version: 6.0
import PackageDescription

/// Every Swift target: the arrows between modules are checked by the compiler.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.byName(name: name), "SpectrimTestSupport"] + dependencies,
    swiftSettings: settings)
}

func library(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: name, pkgConfig: pkgConfig, providers: [.apt([apt, "pkg-config"]), .brew([brew])])
}

let package = Package(
  name: "Spectrim",
  platforms: [.macOS(.v14)],
  targets: [
    // System libraries: module map and shim only.
    library("CBLAS", "openblas", apt: "libopenblas-dev", brew: "openblas"),
    library("CHDF5", "hdf5", apt: "libhdf5-dev", brew: "hdf5"),
    library("CLAPACK", "lapacke", apt: "liblapacke-dev", brew: "lapack"),
    library("CPNG", "libpng", apt: "libpng-dev", brew: "libpng"),
    library("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
    library("CZstd", "libzstd", apt: "libzstd-dev", brew: "zstd"),

    // Values, without I/O and without C.
    module("SpectrimCore"),
    tests("SpectrimCore"),

    // Mathematics: products, decompositions, laws of random matrices.
    module("SpectrimLinearAlgebra", ["SpectrimCore", "CBLAS", "CLAPACK"]),
    tests("SpectrimLinearAlgebra", ["SpectrimCore"]),
    module("SpectrimSpectra", ["SpectrimCore", "SpectrimLinearAlgebra"]),
    tests("SpectrimSpectra", ["SpectrimCore", "SpectrimLinearAlgebra"]),

    // Ranks, codes and plans.
    module(
      "SpectrimCompression", ["SpectrimCore", "SpectrimLinearAlgebra", "SpectrimSpectra"]),
    tests(
      "SpectrimCompression", ["SpectrimCore", "SpectrimLinearAlgebra", "SpectrimSpectra"]),

    // What all tests share.
    .target(
      name: "SpectrimTestSupport", path: "Tests/SpectrimTestSupport", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
