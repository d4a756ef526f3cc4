// swift-tools-version: 6.0
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "Spectrim", path: "..")],
  targets: [
    .executableTarget(
      name: "CalibrationAblation",
      dependencies: [
        .product(name: "Spectrim", package: "Spectrim"),
        .product(name: "SpectrimTraining", package: "Spectrim"),
      ],
      path: "Sources/Ablation", swiftSettings: settings),
    .executableTarget(
      name: "ConversionTimes",
      dependencies: [.product(name: "Spectrim", package: "Spectrim")],
      path: "Sources/Conversion", swiftSettings: settings),
    .executableTarget(
      name: "ConvolutionTimes",
      dependencies: [
        .product(name: "Spectrim", package: "Spectrim"),
        .product(name: "SpectrimTraining", package: "Spectrim"),
      ],
      path: "Sources/Convolution", swiftSettings: settings),
    .executableTarget(
      name: "TrainingEpoch",
      dependencies: [.product(name: "SpectrimTraining", package: "Spectrim")],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
