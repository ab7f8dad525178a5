import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import Testing

/// What the command says to its user.
struct `Messages` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func tessera(_ words: [String]) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func image(_ name: String = "scan.tif") throws -> String {
    #expect(try tessera("simulate", "square", "--size", "128", "-o", name).status == 0)
    return name
  }

  @Test func `name the option where the library names a setting`() throws {
    let scan = try image()
    let count = try tessera("count", scan, "--largest-count", "1", "-o", "a")
    #expect(count.status == 64)
    #expect(count.errors == "tessera: error: --largest-count must be between 2 and 200, but is 1\n")
    let replaced = try tessera("simulate", "square", "--size", "64", "-o", scan)
    #expect(
      replaced.status == 73
        && replaced.errors.contains("exists already; give another name (or --force, to replace what Tessera wrote)"))
    let series = try tessera("sites", scan, "--scan-angles", "0,90", "-o", "a.csv")
    #expect(series.status == 65 && series.errors.contains("leave out --register, --scan-angles and --frame-pause"))
    let camera = try tessera("sites", scan, "--camera", "--frame-pause", "3", "-o", "a.csv")
    #expect(camera.status == 64 && camera.errors.contains("--camera says that frames are not scanned line by line"))
    let scale = try tessera("sites", scan, "--scale", "40", "-o", "a.csv")
    #expect(scale.status == 64 && scale.errors.contains("--scale must be at most a quarter of the image, 32.0 pixels"))
    let point = try tessera("profile", scan, "--from", "1,1", "--to", "1,1")
    #expect(point.status == 64 && point.errors.contains("--from and --to are the same point"))
  }

  @Test func `say what is wrong with a value, with an example of a right one`() throws {
    let wrong = [
      ("--pixel-size", "0,0123nm", "0.0123nm"), ("--pixel-size", "1km", "0.0123nm"), ("--frames", "0-3", "0..9"),
      ("--scan-angles", "45", "0,90"), ("--contrast", "brihgt", "'bright'"), ("--register", "rigd", "'rigid'"),
    ]
    for (option, value, hint) in wrong {
      let run = try tessera("sites", "scan.tif", option, value)
      #expect(run.status == 64 && run.errors.contains(hint), "\(option) \(value): \(run.errors)")
    }
    let numbers = [("--noise-threshold", "-1"), ("--scale", "1e308"), ("--contrast-threshold", "nan")]
    for (option, value) in numbers {
      let run = try tessera("sites", "scan.tif", option, value)
      #expect(run.status == 64 && run.errors.contains("'\(value)'") && run.errors.contains("must be"), "\(run.errors)")
    }
    let planes = try tessera("crystal", "scan.tif", "--planes", "99999999999,1")
    #expect(planes.status == 64 && planes.errors.contains("99999999999,1") && planes.errors.contains("such as 1,1"))
    let seed = try tessera("demo", "--seed", "-1")
    #expect(seed.status == 64 && seed.errors.contains("'-1'"))
    #expect(try tessera("motifs", "scan.tif", "--features", "invarient").status == 64)
  }

  @Test func `suggest the command that was meant`() throws {
    for (word, meant) in [
      ("analize", "analyze"), ("--verison", "--version"), ("version", "--version"), ("-v", "--version"),
      ("site", "sites"),
    ] {
      let run = try tessera(word)
      #expect(run.status == 64 && run.errors.contains("Did you mean '\(meant)'?"), "\(word): \(run.errors)")
    }
    for (words, meant) in [
      (["sites", "a.tif", "--shape", "rund"], "round"), (["sites", "a.tif", "--contrast=brigt"], "bright"),
      (["strain", "a.tif", "--method", "gppa"], "gpa"), (["classes", "shwo", "a"], "show"),
    ] {
      let run = try tessera(words)
      #expect(run.status == 64 && run.errors.contains("Did you mean '\(meant)'?"), "\(words): \(run.errors)")
    }
    let other = try tessera("sites", "a.tif", "--shape", "cubic")
    #expect(other.status == 64 && other.errors.contains("'elliptical'.\n") && !other.errors.contains("Did you mean"))
    let unlike = try tessera("frobnicate", "a.tif")
    #expect(unlike.status == 64 && unlike.errors.contains("'frobnicate' is not a command"))
    #expect(try tessera("--version").status == 0)
    #expect(try tessera("help", "sites").status == 0)
  }

  @Test func `end with the usage of the command that refused`() throws {
    for words in [
      ["batch", "classes", "in"], ["batch", "motifs", "nothere"], ["watch", "sites", "in"],
      ["label", "a.tif", "a.tif"],
      ["sites", "a.tif", "-o", "a.xyz"], ["train", "defects", "--micrographs", "0"],
    ] {
      let run = try tessera(words)
      let path = words[0] == "train" ? "train defects" : words[0]
      #expect(run.status != 0, "\(words)")
      guard run.errors.contains("Usage: ") else { continue }
      #expect(
        run.errors.contains("Usage: tessera \(path) ") && run.errors.contains("See 'tessera \(path) --help'"),
        "\(run.errors)")
    }
    let batch = try tessera("batch", "motifs", "nothere").errors
    #expect(batch.contains("Usage: tessera batch <command> <input>") && batch.contains("See 'tessera batch --help'"))
  }

  @Test func `refuse the help of what is no command`() throws {
    for (words, meant) in [(["help", "motif"], "motifs"), (["help", "train", "atom"], "atoms")] {
      let run = try tessera(words)
      #expect(
        run.status == 64 && run.output.isEmpty && run.errors.contains("Did you mean '\(meant)'?"), "\(run.errors)")
    }
    #expect(try tessera("help", "foo").errors.contains("'foo' is not a command"))
    for words in [["help"], ["help", "train", "atoms"], ["help", "batch"]] { #expect(try tessera(words).status == 0) }
  }

  @Test func `name all specimens, the one that was meant, and whole numbers of columns`() throws {
    let unknown = try tessera("simulate", "mose")
    #expect(
      unknown.status == 64 && unknown.errors.contains("nanoparticles")
        && unknown.errors.contains("Did you mean 'mose2'?"))
    let many = try tessera("simulate", "mose2", "--pixel-size", "3")
    #expect(many.status == 64 && many.errors.contains(/but is \d+\n/))
  }

  @Test func `say what a file is before where its result would go`() throws {
    let scan = try image()
    #expect(FileManager.default.createFile(atPath: folder / "scan.relations", contents: nil))
    let run = try tessera("relations", scan)
    #expect(run.errors.contains("is no result of analyze or motifs"))
  }

  @Test func `accept the old name of --sites with a warning`() throws {
    let scan = try image()
    #expect(try tessera("sites", scan, "-o", "found.csv").status == 0)
    let known = try tessera("sites", scan, "--sites", "found.csv", "-o", "new.csv", "--json")
    let old = try tessera("sites", scan, "--positions", "found.csv", "-o", "old.csv", "--json")
    #expect(known.status == 0 && !known.errors.contains("deprecated"))
    #expect(old.status == 0 && old.errors.contains("warning: --positions is deprecated; use --sites"))
    #expect(FileManager.default.contentsEqual(atPath: folder / "new.csv", andPath: folder / "old.csv"))
    let both = try tessera("sites", scan, "--sites", "found.csv", "--positions", "found.csv", "-o", "c.csv")
    #expect(both.status == 64 && !folder.names.contains("c.csv"))
  }

  /// A crystal beside a support whose texture is an eighth as high, about which the finder warns.
  private func particle() -> Raster<Float> {
    var random = RandomSource(seed: 1)
    var spots: [(place: Point, height: Double)] = []
    for i in 0..<12 {
      for j in 0..<25 { spots.append((Point(6 + 12 * Double(i), 6 + 12 * Double(j)), 100)) }
    }
    let columns = spots.count
    for _ in 0..<4000 {
      let place = Point(150 + 145 * random.uniform(), 5 + 290 * random.uniform())
      guard spots[columns...].allSatisfy({ ($0.place - place).length > 8 }) else { continue }
      spots.append((place, 12 * (1 + 0.2 * random.gaussian())))
    }
    var image = Raster<Float>(width: 300, height: 300, values: (0..<90_000).map { _ in Float(20 + random.gaussian()) })
    for spot in spots {
      for y in max(0, Int(spot.place.y) - 12)...min(299, Int(spot.place.y) + 12) {
        for x in max(0, Int(spot.place.x) - 12)...min(299, Int(spot.place.x) + 12) {
          let distance = (Point(Double(x), Double(y)) - spot.place).length
          image[x, y] += Float(spot.height * exp(-distance * distance / 12.5))
        }
      }
    }
    return image
  }

  @Test func `are in the JSON value of sites as they are printed`() throws {
    try TIFFWriter.write([particle()], to: folder / "particle.tif")
    let run = try tessera("sites", "particle.tif", "-o", "a.csv", "--json")
    #expect(run.status == 0)
    struct Answer: Decodable { let warnings: [String] }
    let warnings = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8)).warnings
    let printed = run.errors.split(separator: "\n").map {
      String($0.replacing("tessera: warning: particle.tif: ", with: ""))
    }
    #expect(warnings == printed && warnings.contains { $0.contains("set --contrast-threshold 0.06") })
  }

  @Test func `state the version in each JSON value`() throws {
    _ = try image()
    try TIFFWriter.write([Raster<Float>(width: 8, height: 8, filling: 1)], to: folder / "mask.tif")
    struct Answer: Decodable { let version: String }
    for run in [
      try tessera("simulate", "square", "--size", "64", "-o", "b.tif", "--json"),
      try tessera("evaluate", "scan.sites.csv", "scan.sites.csv", "--json"),
      try tessera("evaluate", "mask.tif", "mask.tif", "mask.tif", "mask.tif", "--as", "mask", "--json"),
    ] {
      #expect(run.status == 0)
      #expect(try !JSONDecoder().decode(Answer.self, from: Data(run.output.utf8)).version.isEmpty)
    }
  }
}

struct `Help pages` {
  static let commands = [
    "demo", "analyze", "info", "convert", "simulate", "sites", "motifs", "strain", "crystal", "count", "segment",
    "particles", "moire", "polygons", "classes", "profile", "evaluate", "label", "train", "batch", "watch",
  ]

  @Test(arguments: commands) func `show an example and what is public`(command: String) throws {
    let help = try CommandRun(command, "--help").output
    #expect(help.contains("EXAMPLE\n") && help.contains("tessera \(command)"))
    #expect(!help.contains("--positions"))
    // Rates take "per": "columns per cell".
    for unit in ["column", "cell", "pixel", "site", "file", "frame", "row", "node", "sample", "pattern"] {
      #expect(
        help.firstMatch(of: try Regex("(row|page|value|pixels|atoms|columns|cycles|object|bits) an? \(unit)")) == nil)
    }
  }

  @Test(arguments: ["gui", "profile"]) func `name no frames one by one where there is one image`(command: String) throws
  {
    #expect(!(try CommandRun(command, "--help").output).contains("--each"))
    let line = command == "profile" ? ["--from", "0,0", "--to", "9,9"] : []
    let run = try CommandRun([command, "scan.tif", "--frames", "0..3", "--each"] + line)
    #expect(run.status == 64 && run.errors.contains("Unknown option '--each'"), "\(run.errors)")
  }

  @Test(arguments: [("segment", "PATTERNS", "--window"), ("particles", "PARTICLES", "--least-diameter")])
  func `have a section for what a command alone has`(command: String, title: String, option: String) throws {
    let help = try CommandRun(command, "--help").output
    let lines = help.split(separator: "\n")
    let place = try #require(lines.firstIndex { $0.hasPrefix("  \(option) ") })
    #expect(lines[..<place].last { !$0.hasPrefix(" ") } == "\(title):", "\(help)")
  }

  @Test func `come with completions of file names and specimens`() throws {
    let script = try CommandRun("--generate-completion-script", "bash").output
    #expect(script.contains("single-atoms"))
    // For the files of each command that takes some, and for --output.
    #expect(script.matches(of: /add_completions -f/).count >= 20)
  }

  @Test func `list every command but the hidden one`() throws {
    let help = try CommandRun("--help").output
    for command in Self.commands { #expect(help.contains("\n  \(command) ")) }
    #expect(!help.contains("read-hdf5"))
    #expect(try CommandRun("sites", "--help").output.contains("atoms (single atoms"))
  }
}

/// The library knows settings; only the command knows options.
@Suite struct `Messages of the library` {
  @Test func `name no option`() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardized
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" && file.path.contains("/Sources/Tessera") {
      count += 1
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { continue }
        #expect(
          line.firstMatch(of: /"[^"]*(^|[^-])--[a-z]/) == nil, "\(file.lastPathComponent): \(line)")
      }
    }
    #expect(count > 200)
  }
}
