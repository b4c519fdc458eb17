using Mars.Docs;

// ./mars docs    writes what in docs/ is made by the program; a test compares it with what lies there.
var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Mars.sln")))
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("there is no Mars.sln above this program");
foreach (var (path, text) in MadeDocuments.All(root))
{
    var file = Path.Combine(root, path);
    var changed = !File.Exists(file) || File.ReadAllText(file) != text;
    if (changed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
    Console.WriteLine($"{(changed ? "written  " : "unchanged")} {path}");
}
