import Foundation
import TestSupport
import Testing

/// What `train` refuses, before libtorch is asked for anything.
struct `Command train` {
  @Test(arguments: [
    ["--steps", "0"], ["--steps", "-5"], ["--steps", "many"], ["--width", "0"], ["--width", "65"],
    ["--learning-rate", "0"], ["--learning-rate", "2"], ["--learning-rate", "nan"], ["--seed", "-1"],
  ])
  func `refuses numbers out of range`(words: [String]) throws {
    let folder = ScratchFolder()
    let run = try CommandRun(["train", "atoms", "-o", "t"] + words, in: folder.path)
    #expect(run.status == 64)
    #expect(run.errors.contains(words[0]))
    #expect(!FileManager.default.fileExists(atPath: folder / "t"))
  }

  @Test func `leaves a folder with other files alone`() throws {
    let folder = ScratchFolder()
    try FileManager.default.createDirectory(atPath: folder / "t", withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "t/notes.txt"))
    for words in [[], ["--force"]] {
      let run = try CommandRun(["train", "atoms", "-o", "t"] + words, in: folder.path)
      #expect(run.status == 73)
      #expect(run.errors.contains("neither empty nor the folder of a training"))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder / "t/notes.txt")) == Data("mine".utf8))
  }

  @Test func `names labels that are missing, alone, or of no image`() throws {
    let folder = ScratchFolder()
    let alone = try CommandRun(["train", "atoms", "--images", "a.tif"], in: folder.path)
    #expect(alone.status == 64 && alone.errors.contains("--images names the images of --labels"))
    try Data("x,y\n10,10\n".utf8).write(to: URL(fileURLWithPath: folder / "a.csv"))
    let lonely = try CommandRun(["train", "atoms", "--labels", "a.csv"], in: folder.path)
    #expect(lonely.status == 66)
    #expect(
      lonely.errors.contains(
        "a.csv: beside it there is no image of the name a; name the image of each table with --images"))
    try Data("text".utf8).write(to: URL(fileURLWithPath: folder / "a.tif"))
    #expect(try CommandRun(["train", "atoms", "--labels", "a.csv"], in: folder.path).status == 65)
    #expect(!FileManager.default.fileExists(atPath: folder / "atoms.train"))
  }

  @Test func `names a model to start from that is missing or another file`() throws {
    let folder = ScratchFolder()
    #expect(try CommandRun(["train", "atoms", "--from", "none.tessera-model"], in: folder.path).status == 66)
    try Data("text".utf8).write(to: URL(fileURLWithPath: folder / "text.tessera-model"))
    #expect(try CommandRun(["train", "atoms", "--from", "text.tessera-model"], in: folder.path).status == 65)
  }
}
