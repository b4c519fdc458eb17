using System.Security.Cryptography;
using System.Text;

namespace Mars.Trainer.Data;

/// <summary>Sets a part of the training videos aside, whole groups at a time, chosen by a hash of their names: the same part in every run and on every machine.</summary>
internal static class ValidationSplit
{
    /// <param name="set">Training videos only: test videos must never come here.</param>
    /// <param name="fraction">Part of the videos to set aside, at least roughly.</param>
    public static (FrameSet Training, FrameSet Validation) Make(FrameSet set, double fraction)
    {
        var sources = set.Videos.GroupBy(v => v.Source).OrderBy(g => Hash(g.Key), StringComparer.Ordinal).ToList();
        var wanted = Math.Max(1, set.Videos.Count * fraction);
        var aside = new HashSet<string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var source in sources)
        {
            if (count >= wanted || aside.Count + 1 >= sources.Count)
                break;
            aside.Add(source.Key);
            count += source.Count();
        }
        return (set.Where(v => !aside.Contains(v.Source)), set.Where(v => aside.Contains(v.Source)));
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
