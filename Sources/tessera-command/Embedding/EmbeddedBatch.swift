import ArgumentParser
import Foundation
import Synchronization
import TesseraFormats
import TesseraMethods

/// The folder of a batch whose inputs another program runs, where and in which order it likes; see `BatchCommand` for what a batch
/// is. May be used by several threads.
package final class EmbeddedBatch: Sendable {
  package struct Job: Sendable, Encodable {
    package var input: String
    /// Its result folder.
    package var folder: String
    package var isComplete: Bool
  }

  private struct State {
    // Nothing else holds the folder.
    let folder: BatchFolder
    let jobs: [BatchFolder.Job]
    let command: any ImageCommand
    /// Whether the command goes on with each result.
    let hasSequel: Bool
  }

  private let state: Mutex<State>
  package let jobs: [Job]

  /// Opens the folder of a batch and enters its inputs: files, folders of images and patterns.
  ///
  /// - Parameters:
  ///   - command: name of the command that runs on each input, such as `analyze`.
  ///   - words: the settings as words of a command line.
  ///   - inputs: files, folders of images and patterns.
  ///   - path: of the folder of the batch; it is made where there is none.
  ///   - anew: whether inputs that are complete are done again, and other settings than before are taken.
  package init(_ command: String, words: [String], inputs: [String], folder path: String, anew: Bool) throws {
    let many = try ManyFiles(command, inputs + words + ["--output=\(path)"], in: BatchCommand._commandName)
    let hasSequel = try many.command.hasSequel
    let folder = try BatchFolder(at: path, options: many.options, anew: anew)
    let jobs = try folder.jobs(for: try ImageFolder.files(of: inputs), anew: anew)
    self.jobs = jobs.map { Job(input: $0.input, folder: folder.folder(of: $0), isComplete: $0.isComplete) }
    try folder.write()
    state = Mutex(State(folder: folder, jobs: jobs, command: many.command, hasSequel: hasSequel))
  }

  /// Enters all that was done, and writes the report over all inputs.
  package func finish() throws {
    try state.withLock { state in
      try state.folder.write()
      try state.command.writeReport(over: state.folder)
    }
  }

  /// Enters that an input is begun.
  package func begin(_ index: Int) throws {
    try state.withLock { try $0.folder.begin($0.jobs[index], hasSequel: $0.hasSequel) }
  }

  /// Enters that the result of an input lies in its folder.
  package func end(_ index: Int, seconds: Double) throws {
    try state.withLock { try $0.folder.end($0.jobs[index], seconds: seconds) }
  }

  /// Enters why an input has no result.
  package func fail(_ index: Int, message: String, status: Int32, seconds: Double) throws {
    try state.withLock { state in
      let job = state.jobs[index]
      try state.folder.fail(
        job, message: fact(message, about: job.input), exitStatus: status, seconds: seconds)
    }
  }
}

extension ImageCommand {
  /// Whether something follows a result, such as the classes of another one. What it follows by is read: it throws where that is missing.
  fileprivate var hasSequel: Bool { get throws { try methodRun().afterwards != nil } }
}
