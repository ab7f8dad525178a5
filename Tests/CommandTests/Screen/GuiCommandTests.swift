import Foundation
import TestSupport
import Testing

/// `tessera gui`: its line, its refusals, its end.
@Suite(.slow) struct `The command gui` {
  let folder = ScratchFolder()

  private func simulate(_ name: String, size: Int = 128, seed: Int = 1) throws {
    let run = try CommandRun(
      "simulate", "square", "--size", "\(size)", "--seed", "\(seed)", "-o", folder / name)
    #expect(run.status == 0)
  }

  @Test(arguments: [SIGTERM, SIGINT]) func `prints one line and ends when told`(signal: Int32) throws {
    try simulate("scan.tif")
    let temporary = ScratchFolder()
    let screen = try RunningScreen(["scan.tif"], in: folder, variables: ["TMPDIR": temporary.path])
    #expect(screen.line.wholeMatch(of: /http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{64}/) != nil, "\(screen.line)")
    #expect(screen.client.ask("/").text.contains("<title>Tessera</title>"))
    #expect(screen.stop(signal) == 0)
    #expect(folder.holds("scan.tessera-project") && temporary.names.isEmpty)
  }

  @Test func `serves without an image`() throws {
    let screen = try RunningScreen([], in: folder)
    #expect(screen.client.ask("/api/projects").text == "[]")
    #expect(screen.stop() == 0)
    #expect(folder.names.isEmpty)
  }

  /// Every option of a command is on the page, but for those that say which image is read, which `gui` itself takes, where the result
  /// goes and how it is shown, and how many images are followed.
  @Test func `offers every setting of its commands`() throws {
    let screen = try RunningScreen([], in: folder)
    let commands = try JSONSerialization.jsonObject(with: screen.client.ask("/api/commands").body) as? [[String: Any]]
    #expect(screen.stop() == 0)
    let names = commands?.compactMap { $0["name"] as? String }
    #expect(names == ["analyze", "segment", "strain", "particles", "moire"])
    func options(_ command: String) throws -> Set<String> {
      let help = try CommandRun(command, "--help").output
      return Set(help.matches(of: /(?m)^  (?:-\w, )?--([a-z][a-z0-9-]*)/).map { String($0.1) })
    }
    let own = try options("gui")
    let elsewhere: Set = ["output", "force", "json", "no-report", "each", "track"]
    for command in commands ?? [] {
      let name = command["name"] as? String ?? ""
      let offered = Set((command["options"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String })
      // Known columns are those on the page.
      let columns: Set = command["takes_columns"] as? Bool == true ? ["sites"] : []
      let expected = try options(name).subtracting(own).subtracting(elsewhere).subtracting(columns)
      #expect(offered == expected, "\(name): \(offered.symmetricDifference(expected))")
    }
  }

  /// The same settings in the page and in a terminal give the same table.
  @Test func `does what analyze does`() throws {
    try simulate("scan.tif", size: 256)
    let screen = try RunningScreen(["scan.tif"], in: folder)
    let wish = #"{"settings": {"features": "invariant", "patch-size": 21, "no-piston": true}}"#
    #expect(screen.client.post("/api/projects/1/analysis", wish).status == 202)
    #expect((screen.state()["job"] as? [String: Any])?["failed"] == nil)
    let table = screen.client.ask("/api/projects/1/export/sites.csv").body
    #expect(screen.stop() == 0)
    let run = try CommandRun(
      ["analyze", "scan.tif", "--features", "invariant", "--patch-size", "21", "--no-piston", "-o", "own"],
      in: folder.path)
    #expect(run.status == 0)
    #expect(try table == folder.data("own/sites.csv"))
  }

  /// The classes of another result sort the columns in the page as in a terminal.
  @Test func `sorts by the classes of another result`() throws {
    try simulate("scan.tif", size: 256)
    try simulate("first.tif", size: 300)
    #expect(try CommandRun(["analyze", "first.tif", "-o", "first"], in: folder.path).status == 0)
    let screen = try RunningScreen(["scan.tif"], in: folder)
    let wish = "{\"settings\": {\"apply\": \"\(folder / "first")\"}}"
    #expect(screen.client.post("/api/projects/1/analysis", wish).status == 202)
    #expect((screen.state()["job"] as? [String: Any])?["failed"] == nil)
    let table = screen.client.ask("/api/projects/1/export/sites.csv").body
    let recipe = screen.client.ask("/api/projects/1/export/recipe.json").body
    #expect(screen.stop() == 0)
    try recipe.write(to: URL(fileURLWithPath: folder / "page.recipe.json"))
    for (name, words) in [("own", ["--apply", "first"]), ("again", ["--recipe", "page.recipe.json"])] {
      let run = try CommandRun(["analyze", "scan.tif", "-o", name] + words, in: folder.path)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try table == folder.data("\(name)/sites.csv"))
    }
  }

  /// What the page says of the command that gives the same, typed in a terminal, gives the same bytes.
  @Test(arguments: [
    ("strain", "strained", #"{"settings": {"method": "gpa", "axis": "u"}}"#, ["strain.tif", "strain-error.tif"]),
    (
      "strain", "square", #"{"uses_columns": true, "settings": {"reference": "lattice"}}"#,
      ["strain.tif", "strain-error.tif", "strain.csv"]
    ),
    ("segment", "two-lattices", #"{"settings": {"seed": 3}}"#, ["segmentation.tif", "patterns.csv", "components.npy"]),
    (
      "segment", "two-lattices",
      #"{"scribbles": [{"pattern": 1, "radius": 6, "line": [[40, 60], [40, 200]]}, {"pattern": 2, "radius": 6, "line": [[216, 60], [216, 200]]}]}"#,
      ["segmentation.tif", "patterns.csv"]
    ), ("particles", "nanoparticles", #"{"settings": {"least-diameter": 20}}"#, ["particles.csv", "instances.tif"]),
    ("moire", "bilayer", #"{"settings": {"contrast": "bright"}}"#, ["anchors.csv", "domains.tif"]),
  ]) func `measures what the command that it names measures`(
    command: String, specimen: String, wish: String, files: [String]
  ) throws {
    let size = command == "moire" ? 512 : 256
    #expect(try CommandRun("simulate", specimen, "--size", "\(size)", "-o", folder / "scan.tif").status == 0)
    let screen = try RunningScreen(["scan.tif"], in: folder)
    let path = "/api/projects/1"
    if wish.contains("uses_columns") {
      _ = screen.client.post(path + "/analysis", "{}")
      _ = screen.state()
    }
    let request = #"{"command": "\#(command)", "# + wish.dropFirst()
    #expect(screen.client.post(path + "/measurements", request).status == 202)
    let failure = (screen.state()["job"] as? [String: Any])?["failed"] as? String
    #expect(failure == nil)
    let views = "\(path)/views/\(command)/export/"
    let shown = files.map { screen.client.ask(views + $0).body }
    for given in ["columns.csv", "scribbles.tif"] {
      let answer = screen.client.ask(views + "given/\(given)")
      if answer.status == 200 { try answer.body.write(to: URL(fileURLWithPath: folder / "scan.\(command).\(given)")) }
    }
    let methods = try JSONSerialization.jsonObject(with: screen.client.ask(path + "/methods").body) as? [String: Any]
    #expect(screen.stop() == 0)
    let parts = methods?["parts"] as? [[String: Any]] ?? []
    let part = parts.first { $0["command"] as? String == command }
    let line = try #require(part?["command_line"] as? String)
    let words = line.split(separator: " ").map(String.init)
    #expect(words.first == "tessera")
    #expect(try CommandRun(Array(words.dropFirst()) + ["-o", "own"], in: folder.path).status == 0, "\(line)")
    for (name, bytes) in zip(files, shown) {
      #expect(try folder.data("own/\(name)") == bytes, "\(name) of \(line)")
    }
  }

  /// What was done to the columns and the classes on the page, replayed in a terminal.
  @Test func `is replayed by the recipe that it exports`() throws {
    #expect(try CommandRun("simulate", "mose2", "--size", "256", "--seed", "3", "-o", folder / "scan.tif").status == 0)
    let screen = try RunningScreen(["scan.tif"], in: folder)
    let (client, path) = (screen.client, "/api/projects/1")
    _ = client.post(path + "/analysis", #"{"settings": {"features": "invariant"}}"#)
    _ = screen.state()
    _ = client.post(path + "/corrections", #"{"remove": [5, 6]}"#)
    _ = client.post(path + "/analysis", #"{"settings": {"features": "invariant"}, "columns": "corrected"}"#)
    _ = screen.state()
    #expect(client.post(path + "/actions", #"{"action": "split", "class": "1", "parts": 2}"#).status == 200)
    #expect(client.post(path + "/actions", #"{"action": "name", "class": "1.1", "name": "bulk"}"#).status == 200)
    let names = ["sites.csv", "classes.csv", "cells.csv"]
    let shown = names.map { client.ask(path + "/export/\($0)").body }
    for name in ["recipe.json", "columns.csv"] {
      try client.ask(path + "/export/\(name)").body.write(to: URL(fileURLWithPath: folder / "scan.\(name)"))
    }
    let methods = try JSONSerialization.jsonObject(with: client.ask(path + "/methods").body) as? [String: Any]
    let line = try #require((methods?["parts"] as? [[String: Any]])?.first?["command_line"] as? String)
    let words = line.split(separator: " ").map(String.init)
    #expect(try CommandRun(Array(words.dropFirst()) + ["-o", "own"], in: folder.path).status == 0, "\(line)")
    for (name, bytes) in zip(names, shown) { #expect(try folder.data("own/\(name)") == bytes, "\(name) of \(line)") }

    // One more column goes, and what was done to the classes stays.
    _ = client.post(path + "/corrections", #"{"remove": [7]}"#)
    let keeping = #"{"settings": {"features": "invariant"}, "columns": "corrected", "keeps_classes": true}"#
    #expect(client.post(path + "/analysis", keeping).status == 202)
    let kept = screen.state()
    #expect((kept["job"] as? [String: Any])?["failed"] == nil && kept["undo"] as? String == "sorted by known classes")
    #expect((kept["classes"] as? [[String: Any]] ?? []).contains { $0["name"] as? String == "bulk" })
    let again = names.map { client.ask(path + "/export/\($0)").body }
    for name in ["recipe.json", "columns.csv"] {
      try client.ask(path + "/export/\(name)").body.write(to: URL(fileURLWithPath: folder / "scan.\(name)"))
    }
    #expect(try CommandRun(Array(words.dropFirst()) + ["-o", "kept"], in: folder.path).status == 0, "\(line)")
    for (name, bytes) in zip(names, again) { #expect(try folder.data("kept/\(name)") == bytes, "\(name) of \(line)") }

    // The page takes the recipe too.
    _ = client.post(
      path + "/analysis", #"{"settings": {"features": "invariant", "recipe": "\#(folder / "scan.recipe.json")"}}"#)
    let state = screen.state()
    #expect((state["job"] as? [String: Any])?["failed"] == nil)
    let classes = (state["classes"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    #expect(classes.contains("bulk"), "\(classes)")
    #expect(screen.stop() == 0)
  }

  @Test(arguments: [
    (#"{"settings": {"scale": "wide"}}"#, "--scale"), (#"{"settings": {"output": "/tmp/x"}}"#, "no setting output"),
    (#"{"settings": {"method": "guess"}}"#, "--method"), (#"{"settings": {"scale": "5 --force"}}"#, "--scale"),
  ]) func `says what is wrong with a setting`(wish: String, part: String) throws {
    try simulate("scan.tif")
    let screen = try RunningScreen(["scan.tif"], in: folder)
    _ = screen.client.post("/api/projects/1/analysis", wish)
    let failure = (screen.state()["job"] as? [String: Any])?["failed"] as? String
    #expect(failure?.contains(part) == true, "\(failure ?? "none")")
    #expect(screen.stop() == 0)
  }

  @Test func `refuses files that it cannot open`() throws {
    try Data("II*\0broken".utf8).write(to: URL(fileURLWithPath: folder / "bad.tif"))
    try Data("no database at all".utf8).write(to: URL(fileURLWithPath: folder / "bad.tessera-project"))
    for (name, status) in [
      ("missing.tif", 66), ("bad.tif", 65), ("bad.tessera-project", 65), ("gone.tessera-project", 66),
    ] {
      let run = try CommandRun(["gui", "--no-browser", name], in: folder.path, within: 20)
      #expect(run.status == Int32(status), "\(name): \(run.status) \(run.errors)")
      #expect(run.errors.contains(name) && run.output.isEmpty, "\(name)")
    }
    #expect(folder.names == ["bad.tessera-project", "bad.tif"])
  }

  /// What a killed program leaves among the temporary files goes with the next start; what another still uses stays.
  @Test func `takes away what killed ones left`() throws {
    let temporary = ScratchFolder()
    let variables = ["TMPDIR": temporary.path]
    let killed = try RunningScreen([], in: folder, variables: variables)
    let alive = try RunningScreen([], in: folder, variables: variables)
    let both = temporary.names
    #expect(both.count == 2)
    _ = killed.stop(SIGKILL)
    #expect(temporary.names == both)
    let next = try RunningScreen([], in: folder, variables: variables)
    #expect(temporary.names.count == 2 && Set(temporary.names).intersection(both).count == 1)
    #expect(alive.client.ask("/api/projects").text == "[]")
    #expect(next.stop() == 0 && alive.stop() == 0)
    #expect(temporary.names.isEmpty)
  }

  /// The image was moved away, and is named where it was: its project is opened, and asks.
  @Test func `opens the project of an image that is gone`() throws {
    try simulate("scan.tif")
    #expect(try RunningScreen(["scan.tif"], in: folder).stop() == 0)
    try FileManager.default.removeItem(atPath: folder / "scan.tif")
    let screen = try RunningScreen(["scan.tif"], in: folder)
    let lost = screen.client.ask("/api/lost").text
    #expect(lost.contains("scan.tessera-project") && lost.contains("scan.tif"), "\(lost)")
    #expect(screen.stop() == 0)
  }

  @Test func `says that a port is taken`() throws {
    let screen = try RunningScreen([], in: folder)
    let run = try CommandRun(["gui", "--no-browser", "--port", "\(screen.port)"], in: folder.path, within: 20)
    #expect(run.status == 73 && run.errors.contains("port \(screen.port)"), "\(run.status) \(run.errors)")
    #expect(try CommandRun(["gui", "--port", "70000"], in: folder.path, within: 20).status == 64)
    #expect(screen.stop() == 0)
  }

  @Test func `opens a project in one program at a time`() throws {
    try simulate("scan.tif")
    let screen = try RunningScreen(["scan.tif"], in: folder)
    let run = try CommandRun(["gui", "--no-browser", "scan.tif"], in: folder.path, within: 20)
    #expect(run.status == 73 && run.errors.contains("open in another tessera gui"), "\(run.status) \(run.errors)")
    #expect(screen.stop() == 0)
  }

  /// Killed at any moment, a project opens again and lacks at most the step that was being written.
  @Test func `loses one step at most when it is killed`() throws {
    try simulate("scan.tif", size: 256)
    var known = 0
    for round in 0..<12 {
      let screen = try RunningScreen(["scan.tif"], in: folder)
      let found = (screen.state()["history"] as? [Any])?.count ?? -1
      #expect(found == known || found == known + 1, "round \(round)")
      known = found
      let client = screen.client
      let number = screen.process.processIdentifier
      // The signal falls somewhere into the requests that follow.
      Thread.detachNewThread {
        usleep(UInt32(2000 * (1 + 7 * round % 31)))
        kill(number, SIGKILL)
      }
      while client.post("/api/projects/1/corrections", #"{"add": [[5, 5]]}"#).status == 200 { known += 1 }
      screen.process.waitUntilExit()
    }
    #expect(known > 10)
  }
}
