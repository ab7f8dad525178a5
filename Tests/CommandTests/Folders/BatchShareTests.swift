import Foundation
import TesseraFormats
import Testing

/// A batch whose images several runs share: on a cluster, or side by side on one machine.
@Suite(.slow) struct `A shared batch` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func images(_ count: Int) throws {
    try FileManager.default.createDirectory(atPath: folder / "in", withIntermediateDirectories: true)
    for seed in 1...count {
      let run = try tessera("simulate", "square", "--size", "128", "--seed", "\(seed)", "-o", "m\(seed).tif")
      #expect(run.status == 0, "\(run.errors)")
      try FileManager.default.moveItem(atPath: folder / "m\(seed).tif", toPath: folder / "in/m\(seed).tif")
    }
  }

  private func start(_ words: [String]) throws -> (process: Process, output: Pipe) {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = try CommandRun.program()
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path, isDirectory: true)
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    return (process, pipe)
  }

  private func rows() throws -> [[String]] {
    String(decoding: try folder.data("out/batch.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test func `is done once by runs of which several have the same part`() throws {
    try images(4)
    let runs = try ["1/2", "2/2", "1/2", "2/2"].map {
      try start(["batch", "motifs", "in", "-o", "out", "--threads", "1", "--share", $0])
    }
    let said = runs.map { String(decoding: $0.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    for run in runs {
      run.process.waitUntilExit()
      #expect(run.process.terminationStatus == 0)
    }
    for seed in 1...4 {
      #expect(said.joined().components(separatedBy: "in/m\(seed).tif: ").count == 2, "\(said)")
    }
    #expect(try rows().map { Array($0[0...1]) } == (1...4).map { ["in/m\($0).tif", "done"] })
    #expect(folder.holds("out/report.html") && !folder.holds("out/.entries"))
    let whole = try tessera("batch", "motifs", "in", "-o", "out")
    #expect(whole.output.contains("4 done (4 by an earlier run)"))
  }

  @Test func `goes on after a run was killed, and is not entered by a run alone while others share it`() throws {
    try images(2)
    let run = try start(["batch", "motifs", "in", "-o", "out", "--share", "1/2"])
    while run.process.isRunning, !folder.holds("out/.entries/0.json") { usleep(2000) }
    let alone = try tessera("batch", "motifs", "in", "-o", "out")
    #expect(alone.status == 73 && alone.errors.contains("another run works in this folder"))
    kill(run.process.processIdentifier, SIGKILL)
    run.process.waitUntilExit()
    let second = try tessera("batch", "motifs", "in", "-o", "out", "--share", "2/2")
    #expect(second.status == 0 && second.output.contains("part 2 of 2: 1 image: 1 done"), "\(second.output)")
    let first = try tessera("batch", "motifs", "in", "-o", "out", "--share", "1/2")
    #expect(first.status == 0 && first.output.contains("part 1 of 2: 1 image: 1 done"))
    #expect(try rows().map { $0[1] } == ["done", "done"])
    #expect(folder.holds("out/report.html"))
  }

  @Test func `of one image is one job, in words of one`() throws {
    try images(1)
    let written = try tessera("batch", "motifs", "in", "-o", "out", "--slurm")
    #expect(
      written.output == "1 image: 0 done, 1 to do in 1 job; submit it: sbatch out/slurm.sh\n", "\(written.errors)")
    let script = String(decoding: try folder.data("out/slurm.sh"), as: UTF8.self)
    #expect(script.contains("The job does all images") && !script.contains("1th"))
  }

  @Test func `is a job array that does what is missing`() throws {
    try images(3)
    let written = try tessera("batch", "motifs", "in", "-o", "out", "--threads", "2", "--slurm")
    #expect(
      written.output == "3 images: 0 done, 3 to do in 3 jobs; submit them: sbatch out/slurm.sh\n", "\(written.errors)")
    let script = String(decoding: try folder.data("out/slurm.sh"), as: UTF8.self)
    #expect(script.contains("#SBATCH --array=1-3\n") && script.contains("#SBATCH --cpus-per-task=2\n"))
    // What Slurm does with the script, for two of three jobs.
    for task in [1, 3] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [folder / "out/slurm.sh"]
      process.environment = ["SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_CPUS_PER_TASK": "1"]
      process.currentDirectoryURL = URL(fileURLWithPath: "/")
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    let rest = try tessera("batch", "motifs", "in", "-o", "out", "--slurm")
    #expect(rest.output.contains("3 images: 2 done, 1 to do in 1 job"), "\(rest.output)")
    #expect(String(decoding: try folder.data("out/slurm.sh"), as: UTF8.self).contains("--array=2\n"))
    #expect(try tessera("batch", "motifs", "in", "-o", "out", "--share", "2/3").status == 0)
    #expect(
      try tessera("batch", "motifs", "in", "-o", "out", "--slurm").output
        == "3 images: 3 done, 0 to do -> out/batch.csv\n")
  }

  @Test func `refuses what makes no sense`() throws {
    try images(1)
    for (words, fact) in [
      (["--share", "3/2"], "k from 1 to n"), (["--share", "two"], "k from 1 to n"),
      (["--slurm", "--share", "1/2"], "give one of them"),
      (["--tasks", "2"], "give both"), (["--slurm", "--tasks", "0"], "between 1 and 1000000"),
      (["--slurm", "--force"], "--force does not go"),
    ] {
      let run = try CommandRun(["batch", "motifs", "in", "-o", "out"] + words, in: folder.path)
      #expect(run.status == 64 && run.errors.contains(fact), "\(words): \(run.errors)")
    }
    #expect(!folder.holds("out"))
    try FileManager.default.createDirectory(atPath: folder / "mine", withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "mine/notes.txt"))
    #expect(try tessera("batch", "motifs", "in", "-o", "mine", "--share", "1/1").status == 73)
    #expect(!folder.holds("mine/.entries"))
  }
}
