import Foundation
import NetworkTestSupport
import TesseraNetworks
import Testing

/// `--method network` as a user gives it.
struct `The method network` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  /// An image and a network that sees its bright columns.
  private func prepare() throws {
    #expect(try tessera("simulate", "square", "--size", "160", "--dose", "100000", "-o", "scan.tif").status == 0)
    try NetworkModel.handedOn(spacing: 16).write(to: folder / "hand.tessera-model")
  }

  @Test func `has models that info describes`() throws {
    try prepare()
    let run = try tessera("info", "hand.tessera-model", "scan.tif")
    #expect(run.status == 0 && run.output.hasPrefix("hand.tessera-model: Tessera model of atoms\n"), "\(run.output)")
    #expect(run.output.contains("licence") && run.output.contains("scan.tif: TIFF"))
    try Data(contentsOf: URL(fileURLWithPath: folder / "hand.tessera-model")).dropLast(9)
      .write(to: URL(fileURLWithPath: folder / "cut.tessera-model"))
    let cut = try tessera("info", "cut.tessera-model")
    #expect(cut.status == 65 && cut.errors.contains("truncated or damaged"))
  }

  @Test func `finds columns with their probabilities, and says which network it was`() throws {
    try prepare()
    let run = try tessera(
      "sites", "scan.tif", "--method", "network", "--model", "hand.tessera-model", "-o", "a.csv", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let json = try #require(run.json)
    #expect(json["method"] as? String == "network" && json["predicted_spacing_px"] as? Double == 16)
    #expect((json["network"] as? String)?.hasPrefix("hand.tessera-model, CRC-32 ") == true)
    #expect((json["candidates"] as? Int ?? 0) >= (json["columns"] as? Int ?? .max))
    let lines = try String(contentsOfFile: folder / "a.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines[0].hasSuffix(",probability") && lines.count > 20)
    #expect(lines.dropFirst().allSatisfy { Double($0.split(separator: ",").last!)! > 0.1 })
    // The table is one of columns for every other command.
    let again = try tessera("sites", "scan.tif", "--sites", "a.csv", "-o", "b.csv")
    #expect(again.status == 0)
    let plain = try tessera("sites", "scan.tif", "-o", "c.csv", "--json")
    #expect(plain.json?["network"] == nil)
    let same = try tessera(
      "sites", "scan.tif", "--method", "network", "--model", "hand.tessera-model", "-o", "d.csv", "--threads", "1")
    #expect(same.status == 0)
    #expect(FileManager.default.contentsEqual(atPath: folder / "a.csv", andPath: folder / "d.csv"))
  }

  @Test func `serves the commands that find columns`() throws {
    try prepare()
    let run = try tessera(
      "crystal", "scan.tif", "--method", "network", "--model", "hand.tessera-model", "-o", "crystal", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let parameters = run.json?["parameters"] as? [String: [String: String]]
    #expect(parameters?["network"]?["value"]?.hasPrefix("hand.tessera-model, CRC-32 ") == true)
    #expect(parameters?["candidates"] != nil)
    let settings = run.json?["settings"] as? [String: Any]
    #expect((settings?["network"] as? [String: Any])?["model"] as? String == "hand.tessera-model")
  }

  @Test func `passes its filters on, and refuses them without it`() throws {
    try prepare()
    let network = [
      "sites", "scan.tif", "--method", "network", "--model", "hand.tessera-model", "--force", "-o", "a.csv",
    ]
    func count(_ words: String...) throws -> Int? {
      try CommandRun(network + words + ["--json"], in: folder.path).json?["columns"] as? Int
    }
    let all = try #require(try count())
    #expect(try count("--filter-lower-bound", "0.05", "--filter-window", "5") == all)
    #expect(try #require(try count("--filter-window", "60")) < all / 2)
    #expect(try #require(try count("--filter", "blocks", "--filter-window", "32")) < all)
    for option in [
      ["--model", "hand.tessera-model"], ["--filter", "blocks"], ["--filter-window", "5"],
      ["--filter-lower-bound", "0.2"],
    ] {
      let run = try CommandRun(["sites", "scan.tif", "-o", "b.csv"] + option, in: folder.path)
      #expect(run.status == 64 && run.errors.contains("\(option[0]) applies to --method network only"), "\(run.errors)")
    }
    let block = try CommandRun(network + ["--filter", "blocks", "--filter-window", "6"], in: folder.path)
    #expect(block.status == 64 && block.errors.contains("2, 4, 8, 16 or 32"))
    let both = try CommandRun(network + ["--sites", "a.csv"], in: folder.path)
    #expect(both.status == 64)
  }

  @Test func `refuses a model that is none`() throws {
    try prepare()
    let good = try #require(FileManager.default.contents(atPath: folder / "hand.tessera-model"))
    try good.dropLast(20).write(to: URL(filePath: folder / "cut.tessera-model"))
    var particles = try NetworkModel.handedOn(spacing: 16)
    particles.kind = .particles
    try particles.write(to: folder / "particles.tessera-model")
    for (model, status, sentence) in [
      ("cut.tessera-model", 65, "truncated or damaged"), ("scan.tif", 65, "is no Tessera model"),
      ("particles.tessera-model", 65, "is a model of particles, but a model of atoms is needed here"),
      ("none.tessera-model", 66, "no such file"),
    ] {
      let run = try tessera("sites", "scan.tif", "--method", "network", "--model", model, "-o", "a.csv")
      #expect(run.status == status && run.errors.contains(sentence), "\(model): \(run.status) \(run.errors)")
    }
    #expect(!folder.names.contains("a.csv"))
    let over = try tessera(
      "sites", "scan.tif", "--method", "network", "--model", "hand.tessera-model", "-o", "hand.tessera-model", "--force"
    )
    #expect(over.status != 0)
    #expect(FileManager.default.contents(atPath: folder / "hand.tessera-model") == good)
  }

  @Test func `ends with a sentence where there is no column`() throws {
    try prepare()
    try NetworkModel.handedOn(spacing: 16, gain: 1, middle: 40).write(to: folder / "blind.tessera-model")
    let run = try tessera("sites", "scan.tif", "--method", "network", "--model", "blind.tessera-model", "-o", "a.csv")
    #expect(run.status == 65 && run.errors.contains("no atom columns were found above the noise"))
  }
}
