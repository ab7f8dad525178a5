import Foundation
import Synchronization
import TesseraNumerics
import TesseraServer
import TestSupport
import Testing

/// A project as the page works on it.
@Suite(.slow) struct `A project on the screen` {
  private static let path = "/api/projects/1"

  @Test func `begins with the image alone`() async throws {
    let server = try await RunningServer()
    let state = await server.state()
    let image = try #require(state.json["image"] as? [String: Any])
    #expect(image["width"] as? Int == 256 && image["levels"] as? Int == 1)
    #expect(state.json["result"] is NSNull && state.classes.isEmpty && state.undo == nil)
    #expect(await server.client.ask(Self.path + "/tiles/image/0/0/0").body.count == 256 * 256 * 2)
    #expect(await server.client.ask(Self.path + "/tiles/image/1/0/0").status == 404)
    #expect(await server.client.ask(Self.path + "/tiles/map/0/0/0").status == 422)
    #expect(await server.client.ask(Self.path + "/sites").body.isEmpty)
    let early = await server.client.post(Self.path + "/actions", #"{"action": "split", "class": "1"}"#)
    #expect(early.status == 422 && early.text.contains("nothing has been analysed yet"))
    #expect(await server.client.post(Self.path + "/undo", "{}").text.contains("nothing to undo"))
  }

  @Test func `is analysed, changed, undone and exported`() async throws {
    let server = try await RunningServer()
    let client = server.client
    #expect(await client.post(Self.path + "/analysis", "{}").status == 202)
    let first = await server.state()
    #expect(first.failure == nil && first.sites > 20)
    #expect(await client.ask(Self.path + "/sites").body.count == first.sites * 20)
    let labels = await client.ask(Self.path + "/labels").body
    #expect(labels.count == first.sites * 3)

    // Named, and undone, and done again.
    let number = try #require(first.numbers.first)
    let named = try #require(
      State(await client.post(Self.path + "/actions", #"{"action": "name", "class": "\#(number)", "name": "Mo"}"#)))
    #expect(named.names.contains("Mo") && named.undo == "class \(number) named Mo")
    let undone = try #require(State(await client.post(Self.path + "/undo", "{}")))
    #expect(undone.names == first.names && undone.redo == named.undo)
    let again = try #require(State(await client.post(Self.path + "/redo", "{}")))
    #expect(again.names == named.names && again.redo == nil)

    // A lasso round half of the layout divides the class.
    let numbers = await client.ask(Self.path + "/sites").body.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let members = stride(from: 0, to: first.sites, by: 1).filter { labels[2 * $0] == 1 && labels[2 * $0 + 1] == 0 }
    let xs = members.map { numbers[5 * $0 + 2] }.sorted()
    let middle = (xs[xs.count / 2 - 1] + xs[xs.count / 2]) / 2
    let lasso =
      #"{"action": "lasso", "class": "\#(number)", "polygon": [[-1e9, -1e9], [\#(middle), -1e9], [\#(middle), 1e9], [-1e9, 1e9]]}"#
    let divided = try #require(State(await client.post(Self.path + "/actions", lasso)))
    #expect(divided.numbers.count == first.numbers.count + 1, "\(divided.numbers)")
    #expect(divided.numbers.contains("\(number).1") && divided.message == nil)
    let all = "[[-1e9, -1e9], [1e9, -1e9], [1e9, 1e9], [-1e9, 1e9]]"
    let idle = await client.post(
      Self.path + "/actions", #"{"action": "lasso", "class": "\#(number).1", "polygon": \#(all)}"#)
    #expect(try #require(State(idle)).message?.contains("stays as it is") == true)

    let site = await client.ask(Self.path + "/site/\(members[0])")
    let details = try #require(State(site)).json
    #expect((details["fields"] as? [String: String])?["class"]?.hasPrefix("\(number).") == true)
    #expect((details["neighbours"] as? [[Double]])?.count == 6)
    #expect((details["patch"] as? [Any]) != nil || details["patch"] is NSNull)
    #expect(await client.ask(Self.path + "/site/999999").status == 422)
    let average = try #require(State(await client.ask(Self.path + "/average/\(number).1"))).json
    #expect((average["values"] as? [Any])?.count == (average["side"] as? Int).map { $0 * $0 })

    let table = await client.ask(Self.path + "/export/sites.csv")
    #expect(table.headers["content-disposition"]?.contains("attachment; filename=\"scan.sites.csv\"") == true)
    #expect(table.text.contains(",\(number).1,"))
    #expect(await client.ask(Self.path + "/export/recipe.json").text.contains("lasso"))
    let archive = await client.ask(Self.path + "/export/result.zip").body
    #expect(archive.prefix(4) == Data("PK\u{3}\u{4}".utf8) && archive.count > table.body.count)
    for strange in ["first/sites.csv", "..%2fsites.csv", "nothing.csv", "%2e%2e"] {
      #expect((400..<500).contains(await client.ask(Self.path + "/export/\(strange)").status), "\(strange)")
    }
  }

  @Test func `takes columns from a person`() async throws {
    let server = try await RunningServer()
    let client = server.client
    _ = await client.post(Self.path + "/analysis", "{}")
    let first = await server.state()
    let added = await client.post(Self.path + "/corrections", #"{"remove": [0, 1, 2]}"#)
    #expect(try #require(State(added)).undo == "3 columns removed")
    #expect(await client.post(Self.path + "/corrections", #"{"remove": [0]}"#).status == 422)
    #expect(await client.post(Self.path + "/corrections", #"{"add": [[-20, 5]]}"#).text.contains("outside the image"))
    #expect(await client.post(Self.path + "/corrections", #"{"add": [["a", 5]]}"#).status == 400)
    #expect(await client.post(Self.path + "/analysis", #"{"columns": "corrected"}"#).status == 202)
    let second = await server.state()
    #expect(second.failure == nil)
    #expect(second.steps == ["analysis", "3 columns removed", "analysis with corrected columns"])
    // The fit of those that are left may carry a column across the border: all are counted, those outside too.
    func columns(_ state: State) throws -> Int {
      let result = try #require(state.json["result"] as? [String: Any])
      return try #require(result["sites"] as? Int) - #require(result["vacant"] as? Int)
    }
    #expect(try columns(second) == columns(first) - 3)
    // Back to the columns as they were.
    _ = await client.post(Self.path + "/undo", "{}")
    let back = try #require(State(await client.post(Self.path + "/undo", "{}")))
    #expect(back.sites == first.sites)
    #expect((back.json["corrections"] as? [String: [Any]])?["removed"]?.isEmpty == true)
  }

  /// One column less says nothing of the size of the patches, nor of the scale; what a person sets comes first.
  @Test func `keeps what was chosen from the image where columns are corrected`() async throws {
    let orders = Mutex<[[String: String]]>([])
    let server = try await RunningServer { order, progress in
      orders.withLock { $0.append(order.settings) }
      return try RunningServer.analyse(order, progress: progress)
    }
    let client = server.client
    _ = await client.post(Self.path + "/analysis", "{}")
    let first = try #require(await server.state().json["result"] as? [String: Any])
    let side = try #require(first["patch_side"] as? Int)
    _ = await client.post(Self.path + "/corrections", #"{"remove": [0]}"#)
    _ = await client.post(Self.path + "/analysis", #"{"columns": "corrected"}"#)
    let second = try #require(await server.state().json["result"] as? [String: Any])
    _ = await client.post(Self.path + "/analysis", #"{"columns": "corrected", "settings": {"patch-size": 21}}"#)
    let third = try #require(await server.state().json["result"] as? [String: Any])
    let given = orders.withLock { $0 }
    #expect(given.count == 3 && given[0].isEmpty)
    #expect(given[1]["patch-size"] == "\(side)" && given[1]["scale"].flatMap(Double.init) ?? 0 >= 0.5, "\(given[1])")
    #expect(given[2]["patch-size"] == "21" && given[2]["scale"] != nil, "\(given[2])")
    // Said, in the command as well, and not taken for the person's own.
    #expect(second["settings"] as? [String: String] == [:])
    #expect((second["sentences"] as? [String])?.last?.contains("the size of the patches (\(side) px)") == true)
    #expect(third["settings"] as? [String: String] == ["patch-size": "21"])
    #expect((third["sentences"] as? [String])?.last?.contains("patches") == false)
    let methods = await client.ask(Self.path + "/methods").text
    #expect(methods.contains("--patch-size=21") && methods.contains("--scale="))
  }

  @Test func `is there again the next time`() async throws {
    let folder = TemporaryFolder()
    let first = try await RunningServer(in: folder)
    _ = await first.client.post(Self.path + "/analysis", "{}")
    let number = try #require(await first.state().numbers.first)
    _ = await first.client.post(Self.path + "/actions", #"{"action": "name", "class": "\#(number)", "name": "Mo"}"#)
    _ = await first.client.post(Self.path + "/corrections", #"{"remove": [3]}"#)
    _ = await first.client.post(Self.path + "/undo", "{}")
    let before = await first.state()
    await first.stop()
    #expect(folder.names == ["scan.tessera-project", "scan.tif"])
    for name in ["scan.tif", "scan.tessera-project"] {
      let second = try await RunningServer(in: folder, opening: [name])
      let after = await second.state()
      #expect(after.names == before.names && after.names.contains("Mo"))
      #expect(after.redo == "one column removed" && after.steps == before.steps)
      #expect(await second.client.ask(Self.path + "/sites").body.count == 20 * before.sites)
      await second.stop()
    }
  }

  @Test func `says why an analysis failed, and goes on`() async throws {
    let server = try await RunningServer { _, progress in
      try progress("sites", 0.2)
      throw DataError("no columns were found")
    }
    _ = await server.client.post(Self.path + "/analysis", "{}")
    #expect(await server.state().failure == "no columns were found")
    #expect(await server.state().undo == nil)
    #expect(await server.client.ask("DELETE", Self.path + "/job").status == 200)
    #expect(await server.state().failure == nil)
  }

  @Test func `runs one job at a time, and stops it when told`() async throws {
    let server = try await RunningServer { _, progress in
      for step in 0..<2000 {
        try progress("sites", Double(step) / 2000)
        usleep(20_000)
      }
      return ScreenOutcome(sentences: [], warnings: [])
    }
    let client = server.client
    #expect(await client.post(Self.path + "/analysis", "{}").status == 202)
    let second = await client.post(Self.path + "/analysis", "{}")
    #expect(second.status == 422 && second.text.contains("another job is running"))
    #expect(await client.ask("DELETE", Self.path + "/job").status == 200)
    let state = await server.state()
    #expect(state.failure == nil && state.sites == 0 && state.undo == nil)
  }

  @Test func `tells open pages what happens`() async throws {
    let server = try await RunningServer()
    let client = server.client
    let events = Task { await client.ask("/api/projects/1/events", patience: 20) }
    // Until the stream is open nothing is heard of changes.
    for _ in 0..<8 {
      try await Task.sleep(for: .milliseconds(500))
      _ = await client.post(Self.path + "/corrections", #"{"add": [[5, 5]]}"#)
    }
    let answer = await events.value
    #expect(answer.headers["content-type"] == "text/event-stream")
    #expect(answer.text.contains(#""revision":"#), "\(answer.text)")
  }

  /// In the midst of a stage that asks nobody but the signal.
  @Test func `stops its analysis where it stands`() async throws {
    let server = try await RunningServer { _, progress in
      try progress("sites", 0.1)
      let end = ContinuousClock.now + .seconds(20)
      while ContinuousClock.now < end {
        try StopSignal.check()
        usleep(1_000)
      }
      throw DataError("nobody stopped it")
    }
    #expect(await server.client.post(Self.path + "/analysis", "{}").status == 202)
    _ = await server.client.ask("DELETE", Self.path + "/job")
    let state = await server.state()
    #expect(state.failure == nil && state.sites == 0)
  }

  /// Moments are of what stands above the background; what they make of a patch is shown in its own grey values.
  @Test func `shows a reconstruction in the values of its patch`() async throws {
    let server = try await RunningServer()
    _ = await server.client.post(Self.path + "/analysis", "{}")
    _ = await server.state()
    var compared = 0
    for site in 0..<40 {
      let answer = await server.client.ask(Self.path + "/site/\(site)")
      let details = try JSONSerialization.jsonObject(with: answer.body) as? [String: Any]
      guard let patch = (details?["patch"] as? [Any])?.compactMap({ $0 as? Double }),
        let rebuilt = (details?["reconstruction"] as? [Any])?.compactMap({ $0 as? Double })
      else { continue }
      #expect(patch.count == rebuilt.count)
      let range = try #require(patch.max()) - (try #require(patch.min()))
      let difference = (patch.reduce(0, +) - rebuilt.reduce(0, +)) / Double(patch.count)
      #expect(abs(difference) < 0.01 * range, "site \(site)")
      compared += 1
    }
    #expect(compared > 5)
  }
}
