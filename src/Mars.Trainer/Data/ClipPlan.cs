namespace Mars.Trainer.Data;

/// <summary>Says which clips an epoch or a test takes, in which order and batches. Random numbers depend on seed, epoch and place alone, so a resumed run goes on as if nothing had been.</summary>
internal static class ClipPlan
{
    /// <summary>One clip of each video from a uniformly random frame, cropped and flipped at random, in random order. As with the authors the last batch is left out when it is not full.</summary>
    public static IReadOnlyList<IReadOnlyList<ClipRequest>> Training(FrameSet set, int clipLength, int batchSize, int seed, int epoch, int cropScales = CornerCrop.Scales)
    {
        var random = new Random(Mix(seed, epoch));
        var order = set.Videos.ToArray();
        random.Shuffle(order);
        var batches = order.Select(Draw).Chunk(batchSize).ToList();
        if (batches.Count > 1 && batches[^1].Length < batchSize)
            batches.RemoveAt(batches.Count - 1);
        return batches;

        ClipRequest Draw(VideoEntry video)
        {
            var start = random.Next(Math.Max(1, video.Frames - clipLength + 1));
            return new ClipRequest(video, start, CornerCrop.Draw(random, cropScales), random.Next(2) == 0);
        }
    }

    /// <summary>All non-overlapping clips of each video (one, looped, of a short video), cropped at the centre; videos in their order.</summary>
    public static IReadOnlyList<IReadOnlyList<ClipRequest>> Test(FrameSet set, int clipLength, int batchSize, bool still = false) =>
        [.. set.Videos.SelectMany(v => Clips(v, clipLength, still)).Chunk(batchSize)];

    /// <summary>How many clips <see cref="Test"/> takes of a video.</summary>
    public static int Count(VideoEntry video, int clipLength) => Math.Max(1, video.Frames / clipLength);

    private static IEnumerable<ClipRequest> Clips(VideoEntry video, int clipLength, bool still) =>
        Enumerable.Range(0, Count(video, clipLength)).Select(i => new ClipRequest(video, i * clipLength, null, false, still));

    // splitmix64's finaliser (https://prng.di.unimi.it/splitmix64.c): neighbouring epochs get unrelated sequences.
    private static int Mix(int seed, int epoch)
    {
        var x = ((ulong)(uint)seed << 32) | (uint)epoch;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return (int)(x ^ (x >> 31));
    }
}
