// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "tessera", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        .product(name: "Tessera", package: "tessera"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ])
  ]
)
