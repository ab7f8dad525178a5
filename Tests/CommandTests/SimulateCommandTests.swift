import Foundation
import Testing

/// Runs the program that was built beside these tests.
private struct Program {
  let folder: String

  /// Exit status, standard output and standard error of one command line, run in the folder.
  func callAsFunction(_ words: String...) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("tessera")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let text = { (pipe: Pipe) in String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    let (said, complained) = (text(output), text(errors))
    process.waitUntilExit()
    return (process.terminationStatus, said, complained)
  }
}

struct `The commands simulate and evaluate` {
  private func inFolder(_ body: (Program, String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "tessera-simulate-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(Program(folder: folder), folder + "/")
  }

  @Test func `write a micrograph with its truth and score it`() throws {
    try inFolder { tessera, folder in
      let made = try tessera("simulate", "strained", "--size", "200x160", "--field", "step", "-o", "s.tif", "--json")
      #expect(made.status == 0 && made.errors.isEmpty)
      let summary = try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
      #expect(summary?["files"] as? [String] == ["s.tif", "s.sites.csv", "s.truth.json", "s.strain.tif"])
      for file in summary?["files"] as? [String] ?? [] {
        #expect(FileManager.default.fileExists(atPath: folder + file))
      }
      let scored = try tessera("evaluate", "s.sites.csv", "s.sites.csv", "--json")
      let scores = try JSONSerialization.jsonObject(with: Data(scored.output.utf8)) as? [String: Any]
      #expect(scored.status == 0 && scores?["f1"] as? Double == 1 && scores?["chamfer_px"] as? Double == 0)
    }
  }

  @Test func `give the same bytes for the same seed on any number of threads`() throws {
    try inFolder { tessera, folder in
      for (name, threads) in [("a", "1"), ("b", "2")] {
        _ = try tessera(
          "simulate", "mose2", "--size", "256", "--jitter", "1", "--threads", threads, "-o", "\(name).tif")
      }
      for ending in ["tif", "sites.csv", "truth.json"] {
        let files = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)\($0).\(ending)")) }
        #expect(files[0] == files[1] && !files[0].isEmpty)
      }
    }
  }

  @Test func `end with the status that the error calls for`() throws {
    try inFolder { tessera, folder in
      #expect(try tessera("simulate", "cheese").status == 64)
      #expect(try tessera("simulate", "mose2", "--size", "0").status == 64)
      #expect(try tessera("simulate", "mose2", "--field", "step").status == 64)
      #expect(try tessera("simulate", "mose2", "--size", "64", "-o", "nowhere/a.tif").status == 73)
      #expect(try tessera("simulate", "mose2", "--size", "64", "-o", "a.tif").status == 0)
      let again = try tessera("simulate", "mose2", "--size", "64", "-o", "a.tif")
      #expect(again.status == 73 && again.errors.contains("--force"))
      #expect(try tessera("simulate", "mose2", "--size", "64", "--angle", "-20", "-o", "a.tif", "--force").status == 0)
      #expect(try tessera("evaluate", "a.sites.csv", "absent.csv").status == 66)
      #expect(try tessera("evaluate", "a.sites.csv").status == 64)
      #expect(try tessera("evaluate", "a.truth.json", "a.truth.json").status == 65)
      #expect(try tessera("evaluate", "a.sites.csv", "a.sites.csv", "--as", "mask").status == 65)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
    }
  }
}
