import ArgumentParser
import TesseraMethods

/// A command that runs a method on images and writes a result folder for each. `batch` and `watch` run all of these.
protocol ImageCommand: ThreadedCommand {
  associatedtype Settings: Method

  var inputs: [String] { get set }
  var image: InputOptions { get }
  var output: OutputOptions { get set }

  /// The method with the settings of the command line.
  func methodRun() throws -> MethodRun<Settings>
}

extension ImageCommand {
  mutating func run() throws { try methodRun().run(inputs, options: image) }
}
