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

  @Test func `offers the settings of analyze`() throws {
    let screen = try RunningScreen([], in: folder)
    let options = try JSONSerialization.jsonObject(with: screen.client.ask("/api/options").body) as? [[String: Any]]
    let names = Set((options ?? []).compactMap { $0["name"] as? String })
    #expect(names.isSuperset(of: ["scale", "method", "features", "classes", "patch-size", "seed", "contrast"]))
    #expect(names.isDisjoint(with: ["output", "force", "json", "threads", "help", "sites", "recipe", "frame"]))
    let method = options?.first { $0["name"] as? String == "method" }
    #expect((method?["choices"] as? [String])?.contains("network") == true)
    #expect(screen.stop() == 0)
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
