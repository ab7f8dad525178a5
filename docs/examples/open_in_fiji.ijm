// Opens an image that `tessera convert` has written and marks the sites of a result folder on it.
// In Fiji: Plugins > Macros > Run..., then choose the image and sites.csv.
image = File.openDialog("Image (.tif)");
table = File.openDialog("Sites (sites.csv)");
open(image);
getPixelSize(unit, width, height);
print("Pixel size: " + width + " " + unit);
lines = split(File.openAsString(table), "\n");
names = split(lines[0], ",");
for (column = 0; column < names.length; column++) {
  if (names[column] == "x") x = column;
  if (names[column] == "y") y = column;
}
run("Overlay Options...", "stroke=yellow width=1 point=Small");
for (row = 1; row < lines.length; row++) {
  fields = split(lines[row], ",");
  // The centre of the first pixel is (0, 0) here and (0.5, 0.5) in Fiji.
  makePoint(parseFloat(fields[x]) + 0.5, parseFloat(fields[y]) + 0.5);
  Overlay.addSelection;
}
run("Select None");
