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
  products: [
    // Training on images in a program of one's own; the benchmarks use it.
    .library(name: "SpectrimTraining", targets: ["SpectrimData", "SpectrimTraining"])
  ],
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

    // Mathematics.
    module("SpectrimTraining", ["CBLAS", "SpectrimCore"]),
    tests("SpectrimTraining", ["SpectrimCore", "SpectrimData"]),

    // Images.
    module("SpectrimData", ["CPNG", "CZlib", "SpectrimCore"]),
    tests("SpectrimData", ["SpectrimCore"]),

    // What all tests share.
    .target(
      name: "SpectrimTestSupport", path: "Tests/SpectrimTestSupport", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
