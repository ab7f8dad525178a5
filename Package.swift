// swift-tools-version: 6.1
import PackageDescription

// The targets form one line (see docs/architecture.md): each may use those above it, never those below.
let package = Package(
  name: "tessera",
  products: [
    .executable(name: "tessera", targets: ["tessera"]),
    .executable(name: "tessera-hdf5", targets: ["tessera-hdf5"]),
    .library(name: "Tessera", targets: ["Tessera"]),
    // What the package for Python loads (`make wheel`).
    .library(name: "TesseraPython", type: .dynamic, targets: ["TesseraPython"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    // Without traits: the server needs no configuration files.
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CFFTW", pkgConfig: "fftw3f", providers: [.apt(["libfftw3-dev"])]),
    .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("openblas"), .linkedLibrary("lapacke")]),
    .systemLibrary(name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16")]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    // Networks that come with the program: the compiler puts the files into it.
    .target(name: "CModels", exclude: ["atoms.tessera-model", "particles.tessera-model", "defects.tessera-model"]),

    // The page of `tessera gui`, put into the program in the same way.
    .target(name: "CPage", exclude: ["page"]),

    // Each target names every target that it imports: a build then knows what to compile again.
    .target(name: "TesseraNumerics", dependencies: ["CFFTW", "COpenBLAS"]),
    .target(name: "TesseraImaging", dependencies: ["TesseraNumerics"]),
    .target(name: "TesseraHDF5", dependencies: ["CHDF5"]),
    .target(
      name: "TesseraFormats",
      dependencies: ["TesseraHDF5", "TesseraImaging", "TesseraNumerics", "CTIFF", "CHDF5", "CZlib", "CPNG", "CJPEG"]),
    .target(name: "TesseraLearning", dependencies: ["TesseraNumerics"]),
    .target(
      name: "TesseraNetworks",
      dependencies: ["TesseraFormats", "TesseraHDF5", "TesseraImaging", "TesseraNumerics", "CModels", "CZlib"]),
    .target(name: "CTorchAPI"),
    .target(name: "TesseraFitting", dependencies: ["TesseraImaging", "TesseraNumerics"]),
    .target(
      name: "TesseraStructure",
      dependencies: ["TesseraFitting", "TesseraImaging", "TesseraLearning", "TesseraNumerics"]),
    .target(
      name: "TesseraSegmentation",
      dependencies: ["TesseraStructure", "TesseraImaging", "TesseraLearning", "TesseraNumerics"]),
    .target(name: "TesseraSimulation", dependencies: ["TesseraImaging", "TesseraNumerics"]),
    .target(
      name: "TesseraTraining",
      dependencies: [
        "CTorchAPI", "TesseraNetworks", "TesseraSimulation", "TesseraFormats", "TesseraImaging", "TesseraNumerics",
      ]),
    .target(name: "TesseraFigures", dependencies: ["TesseraImaging", "TesseraNumerics", "CCairo", "CZlib"]),
    .target(
      name: "TesseraMethods",
      dependencies: [
        "TesseraFormats", "TesseraHDF5", "TesseraStructure", "TesseraFitting", "TesseraSegmentation",
        "TesseraNetworks", "TesseraTraining", "TesseraSimulation", "TesseraFigures", "TesseraLearning",
        "TesseraImaging", "TesseraNumerics",
      ]),
    .target(
      name: "Tessera",
      dependencies: [
        "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraStructure", "TesseraFitting",
        "TesseraSegmentation", "TesseraNetworks", "TesseraTraining", "TesseraSimulation", "TesseraFigures",
        "TesseraLearning", "TesseraImaging", "TesseraNumerics",
      ]),
    .target(
      name: "TesseraProject",
      dependencies: [
        "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraNumerics",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(
      name: "TesseraServer",
      dependencies: [
        "TesseraProject", "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraNetworks", "TesseraStructure",
        "TesseraFigures", "TesseraLearning", "TesseraImaging", "TesseraNumerics", "CPage",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "TesseraCommands",
      dependencies: [
        "TesseraServer", "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraNetworks", "TesseraStructure",
        "TesseraFitting",
        "TesseraSegmentation", "TesseraSimulation", "TesseraTraining", "TesseraLearning", "TesseraImaging",
        "TesseraNumerics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Sources/tessera-command"),
    .executableTarget(name: "tessera", dependencies: ["TesseraCommands"], path: "Sources/tessera-program"),
    .target(
      name: "TesseraPython",
      dependencies: [
        "TesseraCommands", "TesseraFigures", "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraImaging",
        "TesseraNumerics",
      ]),
    .executableTarget(name: "tessera-hdf5", dependencies: ["TesseraHDF5"]),

    .target(name: "TestSupport", path: "Tests/Support"),
    // Apart, so that a change of the networks does not compile all tests again.
    .target(
      name: "NetworkTestSupport", dependencies: ["TesseraNetworks", "TesseraNumerics"], path: "Tests/NetworkSupport"),
    .testTarget(name: "DocumentTests", dependencies: ["TestSupport"]),
    .testTarget(name: "TesseraNumericsTests", dependencies: ["TesseraNumerics"]),
    .testTarget(name: "TesseraImagingTests", dependencies: ["TesseraImaging", "TesseraNumerics"]),
    .testTarget(
      name: "TesseraFormatsTests",
      dependencies: [
        "TestSupport", "TesseraFormats", "TesseraHDF5", "TesseraImaging", "TesseraNumerics", "CHDF5", "CZlib",
        "tessera-hdf5",
      ]),
    .testTarget(name: "TesseraLearningTests", dependencies: ["TestSupport", "TesseraLearning", "TesseraNumerics"]),
    .testTarget(
      name: "TesseraNetworksTests",
      dependencies: [
        "TestSupport", "TesseraNetworks", "TesseraFormats", "TesseraHDF5", "TesseraImaging", "TesseraNumerics", "CZlib",
      ]),
    .testTarget(
      name: "TesseraTrainingTests",
      dependencies: [
        "TestSupport", "NetworkTestSupport", "TesseraTraining", "TesseraNetworks", "TesseraImaging", "TesseraNumerics",
      ]),
    .testTarget(
      name: "TesseraStructureTests",
      dependencies: [
        "TestSupport", "TesseraStructure", "TesseraFitting", "TesseraSimulation", "TesseraLearning", "TesseraImaging",
        "TesseraNumerics",
      ]),
    .testTarget(
      name: "TesseraSegmentationTests",
      dependencies: [
        "TestSupport", "TesseraSegmentation", "TesseraSimulation", "TesseraImaging", "TesseraNumerics",
      ]),
    .testTarget(
      name: "TesseraSimulationTests",
      dependencies: ["TestSupport", "TesseraSimulation", "TesseraImaging", "TesseraNumerics"]),
    .testTarget(
      name: "TesseraFiguresTests",
      dependencies: ["TestSupport", "TesseraFigures", "TesseraImaging", "TesseraNumerics", "CCairo"]),
    .testTarget(
      name: "TesseraMethodsTests",
      dependencies: [
        "TestSupport", "NetworkTestSupport", "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraNetworks",
        "TesseraSegmentation", "TesseraStructure", "TesseraFitting", "TesseraSimulation", "TesseraFigures",
        "TesseraLearning",
        "TesseraImaging", "TesseraNumerics",
      ]),
    .testTarget(
      name: "TesseraProjectTests",
      dependencies: [
        "TestSupport", "TesseraProject", "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraNumerics",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "TesseraServerTests",
      dependencies: [
        "TestSupport", "TesseraServer", "TesseraProject", "TesseraMethods", "TesseraFormats", "TesseraSimulation",
        "TesseraImaging", "TesseraNumerics",
      ]),
    // All that `import Tessera` brings, or it would not be compiled again when one of them changes.
    .testTarget(
      name: "TesseraTests",
      dependencies: [
        "Tessera", "TesseraMethods", "TesseraFormats", "TesseraStructure", "TesseraFitting", "TesseraSegmentation",
        "TesseraNetworks", "TesseraTraining", "TesseraSimulation", "TesseraFigures", "TesseraLearning",
        "TesseraImaging", "TesseraNumerics",
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "TestSupport", "NetworkTestSupport", "TesseraMethods", "TesseraFormats", "TesseraHDF5", "TesseraNetworks",
        "TesseraSimulation", "TesseraImaging", "TesseraNumerics", "tessera", "tessera-hdf5",
      ]),
  ],
  cLanguageStandard: .gnu2x
)
