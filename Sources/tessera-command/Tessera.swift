import ArgumentParser

/// The command `tessera`: each subcommand parses, calls one method and writes.
@main
struct TesseraCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tessera",
    abstract: "Finds the motifs of an atomic-resolution micrograph, where each one sits, and how they combine.",
    version: "0.1.0")
}
