import Foundation
import TestSupport
import Testing

/// Every number that an option takes has bounds: beyond them it is refused with a sentence, and within them the command ends.
struct `Numeric options` {
  private static let input = ["--pixel-size", "--dataset", "--frame", "--max-pixels", "--frame-pause", "--scan-angles"]
  private static let columns = ["--scale", "--noise-threshold", "--contrast-threshold"]
  private static let motifs = [
    "--angular-orders", "--max-order", "--patch-size", "--neighbors", "--iterations", "--classes", "--separation",
  ]

  static let commands: [(words: [String], options: [String])] = [
    (["sites", "a.tif", "-o", "a.csv", "--force"], input + columns),
    (["sites", "a.tif", "-o", "tiles.csv", "--force"], ["--tile", "--threads", "--frames"]),
    (["batch", "motifs", "a.tif", "-o", "jobs", "--slurm"], ["--tasks"]),
    (["sites", "a.tif", "-o", "b.csv", "--force", "--method", "symmetry"], ["--fold"]),
    (
      ["sites", "a.tif", "-o", "n.csv", "--force", "--method", "network"], ["--filter-window", "--filter-lower-bound"]
    ),
    (["motifs", "a.tif", "--force", "--iterations", "20"], motifs.filter { $0 != "--iterations" } + ["--seed"]),
    (["motifs", "a.tif", "-o", "n", "--force"], ["--iterations"]),
    (["strain", "a.tif", "--force"], ["--axis", "--radius", "--mask-radius", "--reference"]),
    (["strain", "a.tif", "-o", "g", "--force", "--g2", "0,0.0833"], ["--g1"]),
    (["strain", "a.tif", "-o", "h", "--force", "--g1", "0,0.0833"], ["--g2"]),
    (["patches", "a.tif", "b.tif", "-o", "sorted", "--force"], ["--classes"]),
    (["train", "atoms", "-o", "net"], ["--steps", "--width"]),
    (["train", "defects", "-o", "forest"], ["--micrographs"]),
    (["crystal", "a.tif", "--force"], ["--largest-turn", "--planes"]),
    (["count", "a.tif", "--force"], ["--largest-count"]),
    (["segment", "a.tif", "--force"], ["--patterns", "--patch-size", "--window", "--stride", "--memory"]),
    (["label", "a.tif", "b.tif", "--force"], ["--best", "--pixel-size", "--dataset"] + columns),
    (["particles", "a.tif", "--force"], ["--least-diameter"]), (["polygons", "a.tif", "--force"], ["--sides"]),
    (["simulate", "pom", "-o", "y.tif", "--force", "--size", "64"], ["--phase"]),
    (
      ["simulate", "nanoparticles", "-o", "o.tif", "--force", "--size", "96"],
      ["--film", "--diameter", "--number", "--five-fold", "--voltage", "--cs", "--defocus", "--focal-spread"]
    ),
    (
      ["profile", "a.tif", "--from", "1,1", "--to", "60,60", "-o", "p.csv", "--force"],
      ["--width", "--step"]
    ),
    (["profile", "a.tif", "--to", "60,60", "-o", "q.csv", "--force"], ["--from"]),
    (["profile", "a.tif", "--from", "1,1", "-o", "r.csv", "--force"], ["--to"]),
    (["evaluate", "a.sites.csv", "a.sites.csv"], ["--tolerance", "--region"]),
    (["convert", "a.tif", "b.png", "--force"], ["--bits"]),
    (
      ["simulate", "square", "-o", "s.tif", "--force", "--size", "64"],
      [
        "--pixel-size", "--probe", "--dose", "--counts", "--scattered-fraction", "--noise", "--jitter", "--drift",
        "--tilt", "--contamination", "--background", "--frames", "--antisites", "--displacement", "--angle",
        "--vacancies", "--dopants", "--seed",
      ]
    ),
    (["simulate", "square", "-o", "z.tif", "--force"], ["--size"]),
    (
      ["simulate", "square", "-o", "f.tif", "--force", "--size", "64", "--frames", "2"],
      ["--walk", "--distortion", "--scan-angle"]
    ),
    (["simulate", "grains", "-o", "r.tif", "--force", "--size", "64"], ["--grains", "--misorientation"]),
    (["simulate", "strained", "-o", "t.tif", "--force", "--size", "64"], ["--strain"]),
    (["simulate", "wedge", "-o", "w.tif", "--force", "--size", "64"], ["--thickness", "--saturation"]),
    (
      ["simulate", "bilayer", "-o", "l.tif", "--force", "--size", "64"],
      ["--case", "--twist-gradient", "--heterostrain"]
    ),
    (
      ["simulate", "motifs", "-o", "m.tif", "--force"],
      ["--corners", "--patches", "--patch-size", "--distance", "--centre-height"]
    ),
  ]

  private static let values = ["0", "-1", "nan", "inf", "1e9", "1e-12", "1e308", "text"]
  /// Options of several numbers: the value stands in the first place.
  private static let tails = [
    "--drift": ",0", "--tilt": ",0", "--g1": ",0", "--from": ",1", "--to": ",50", "--g2": ",0", "--planes": ",1",
    "--frames": "..1", "--patches": ",2", "--region": ",0,9,9",
    "--reference": ",1,20,20",
  ]

  /// What the help calls a value that is a number, or begins with one.
  private static let words: Set<String> = [
    "a..b", "degrees", "deviations", "e/A2", "fraction", "gb", "h,k", "k", "kV", "lines", "mm", "n", "n1,n2", "n|all",
    "n|auto", "n|mean",
    "nm", "p", "pixels", "px", "range", "rate", "seconds", "size", "spacings", "value", "x,y", "x,y,w,h",
  ]
  /// With a value that is allowed these serve, watch or train until they are stopped.
  private static let endless: Set<String> = ["--port", "--interval", "--settle", "--learning-rate"]

  @Test func `are all tried`() throws {
    let folder = ScratchFolder()
    let dump = try CommandRun("--experimental-dump-help", in: folder.path)
    let command = try #require(dump.json?["command"] as? [String: Any])
    var numeric: Set<String> = []
    func visit(_ command: [String: Any]) {
      for argument in command["arguments"] as? [[String: Any]] ?? [] {
        guard let word = argument["valueName"] as? String, Self.words.contains(word) else { continue }
        for name in argument["names"] as? [[String: Any]] ?? [] where name["kind"] as? String == "long" {
          if let name = name["name"] as? String { numeric.insert("--\(name)") }
        }
      }
      for next in command["subcommands"] as? [[String: Any]] ?? [] { visit(next) }
    }
    visit(command)
    let tried = Set(Self.commands.flatMap(\.options))
    #expect(numeric.count > 80)
    #expect(numeric.subtracting(tried) == Self.endless)
  }

  @Test(.slow, arguments: commands.indices) func `of any value are refused or obeyed in time`(index: Int) throws {
    let folder = ScratchFolder()
    for name in ["a.tif", "b.tif"] {
      #expect(try CommandRun("simulate", "square", "--size", "64", "-o", name, in: folder.path).status == 0)
    }
    let (words, options) = Self.commands[index]
    for option in options {
      for value in Self.values {
        let typed = (option == "--dopants" ? "W:" : "") + value + (Self.tails[option] ?? "")
        let start = ContinuousClock.now
        let run = try CommandRun(words + ["\(option)=\(typed)"], in: folder.path, within: 30)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let context = "\(words.joined(separator: " ")) \(option)=\(typed): \(run.status) \(run.errors)"
        #expect([0, 64, 65].contains(run.status) && seconds < 10, "\(seconds) s, \(context)")
        if run.status == 64 {
          #expect(run.errors.contains(value) || run.errors.contains(typed), "\(context)")
        }
        if ["nan", "inf", "1e308", "text"].contains(value), !["--dose", "--counts"].contains(option) || value != "inf" {
          #expect(run.status != 0, "\(context)")
        }
      }
    }
  }
}
