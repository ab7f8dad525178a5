import Foundation
import TesseraFormats
import TesseraNumerics
import Testing

/// Names of bytes that are no UTF-8, as archives from other systems leave them. A shell makes them: Foundation cannot.
struct `Names that are no UTF-8` {
  private let folder = ScratchFolder()

  /// Runs lines of bash in the folder, in which `$tessera` is the command; returns its status and all that it printed.
  private func shell(_ lines: String) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "tessera=$0; cd \"$1\"; \(lines)", try CommandRun.program().path, folder.path]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private func makeImage() throws {
    let image = Raster<Float>(width: 64, height: 64, values: (0..<4096).map { Float($0 % 17 * ($0 / 64 % 13)) })
    try TIFFWriter.write([image], calibration: nil, to: folder / "a.tif")
  }

  @Test func `are told of files that are there`() throws {
    try makeImage()
    let (status, text) = try shell(#"cp a.tif $'probe_\xb5m.tif'; "$tessera" info $'probe_\xb5m.tif'"#)
    #expect(status == 66 && text.contains("not UTF-8") && text.contains("rename"))
  }

  @Test(arguments: ["convert a.tif b.npy", "analyze a.tif", "sites a.tif", "simulate mose2 --size 64"])
  func `of the folder end a command before it writes`(command: String) throws {
    try makeImage()
    let (status, text) = try shell(#"mkdir $'dir_\xe9'; cp a.tif $'dir_\xe9'; cd $'dir_\xe9'; "$tessera" "# + command)
    #expect(status == 73 && text.contains("not UTF-8"))
    let (_, names) = try shell(#"ls -A $'dir_\xe9'; ls -A; rm -r $'dir_\xe9'"#)
    #expect(!names.contains("unfinished") && !names.contains("\u{FFFD}/") && names.split(separator: "\n").count == 3)
  }

  @Test func `of the folder let a file be read`() throws {
    try makeImage()
    let (status, text) = try shell(
      #"mkdir $'d\xe9'; cd $'d\xe9'; cp ../a.tif .; "$tessera" info a.tif; s=$?; rm -r ../$'d\xe9'; exit $s"#)
    #expect(status == 0 && text.contains("64 x 64"))
  }
}
