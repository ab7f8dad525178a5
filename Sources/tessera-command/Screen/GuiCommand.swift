import ArgumentParser
import Foundation
import Synchronization
import TesseraFormats
import TesseraServer

/// `tessera gui`: the page in which one looks and corrects.
struct GuiCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "gui",
    abstract: "Opens micrographs in the browser: look at columns and classes, correct them, undo, export.",
    discussion: """
      EXAMPLE
        tessera gui scan.dm4

      prints the address of a page, opens it in the browser and serves it until Ctrl-C. The page is for the person at this machine alone: \
      the server listens on the loopback address, and the address holds a secret. Each image has a project, NAME.tessera-project in \
      the current folder, in which everything that is done is kept at once; the next `tessera gui` with the image or the project goes on there. \
      docs/screen.md describes the page.
      """)

  @Argument(
    help: ArgumentHelp(
      "Image files or projects (.tessera-project) to open; the page takes further images.", valueName: "file"),
    completion: .file())
  var inputs: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Port of the server on this machine, 0 to 65535; 0: any free port.", valueName: "n"))
  var port = 0

  @Flag(help: "Print the address and leave the browser alone.")
  var noBrowser = false

  @OptionGroup(title: "Input") var image: SingleImageOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port must be between 0 and 65535, but is \(port)")
    }
  }

  func run() throws {
    let workFolder = try OwnedFolder("gui")
    AtExit.run { workFolder.remove() }
    let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
    let server = ScreenServer(
      folder: current, workFolder: workFolder.url,
      tools: .commands(
        reading: image, as: Self.inputWords(of: Array(CommandLine.arguments.dropFirst())), threads: threads.threads))
    AtExit.run { server.close() }
    for input in inputs { try server.open(input) }
    Messages.statusWhenStopped.withLock { $0 = 0 }
    let opensBrowser = !noBrowser
    try waiting {
      try await server.run(port: port) { address in
        print(address)
        fflush(nil)
        if opensBrowser { Browser.open(address) }
      }
    }
  }

  /// What was typed to say how images are read, as the other commands take it.
  private static func inputWords(of words: [String]) -> [String] {
    let arguments = (try? CommandDescription(of: Self.self))?.arguments ?? []
    let known = arguments.filter { $0.sectionTitle == "Input" }
    var found: [String] = []
    for (index, word) in words.enumerated() where word.hasPrefix("--") {
      let name = word.dropFirst(2).prefix { $0 != "=" }
      guard let argument = known.first(where: { $0.preferredName?.name == String(name) }) else { continue }
      found.append(word)
      if argument.kind == "option", !word.contains("="), words.indices.contains(index + 1) {
        found.append(words[index + 1])
      }
    }
    return found
  }

  /// Waits on this thread for what runs on others.
  private func waiting(_ body: @escaping @Sendable () async throws -> Void) throws {
    let (failure, done) = (Failure(), DispatchSemaphore(value: 0))
    Task.detached {
      do { try await body() } catch { failure.error.withLock { $0 = error } }
      done.signal()
    }
    done.wait()
    if let error = failure.error.withLock({ $0 }) { throw error }
  }

  private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
  }
}
