namespace Mars.Trainer.Networks;

/// <summary>Everything that fixes a ResNeXt3D's layers. Stored with checkpoints, so names stay.</summary>
internal sealed record NetworkShape
{
    /// <summary>Bottleneck blocks of the four stages: [1,1,1,1] is depth 14, [3,4,23,3] is 101.</summary>
    public required IReadOnlyList<int> Blocks { get; init; }

    /// <summary>Planes of the four stages. A block's output has twice as many channels (the expansion).</summary>
    public required IReadOnlyList<int> Planes { get; init; }

    /// <summary>Channels after the 7x7x7 stem.</summary>
    public required int Stem { get; init; }

    /// <summary>Groups of the 3x3x3 convolutions.</summary>
    public required int Cardinality { get; init; }

    /// <summary>How a block's input is made to fit its output: B projects it (the paper), A takes every second pixel and adds channels of zeros (resnet_shortcut).</summary>
    public string Shortcut { get; init; } = "B";

    /// <summary>3 for RGB, 2 for flow.</summary>
    public required int InputChannels { get; init; }

    public required int Classes { get; init; }

    /// <summary>Frames of a clip: 16 or 64.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>Height and width of a frame in pixels.</summary>
    public int Size { get; init; } = 112;

    /// <summary>Output channels over planes in every bottleneck block.</summary>
    public const int Expansion = 2;

    /// <summary>Length of the feature that the losses of MERS and MARS use (2048 at full width).</summary>
    public int Features => Planes[^1] * Expansion;

    /// <summary>Weights that are learnt: 48.34 million at depth 101, full width and 400 classes.</summary>
    public long Parameters
    {
        get
        {
            // A norm has a factor and an offset for each channel.
            long sum = ((long)Stem * InputChannels * 7 * 7 * 7) + (2 * Stem) + (((long)Features + 1) * Classes), inputs = Stem;
            for (var stage = 0; stage < Blocks.Count; stage++)
            {
                long planes = Planes[stage], outputs = planes * Expansion;
                for (var block = 0; block < Blocks[stage]; block++)
                {
                    sum += (inputs * planes) + (planes * (planes / Cardinality) * 3 * 3 * 3) + (planes * outputs) + (2 * (planes + planes + outputs));
                    if (Shortcut == "B" && (inputs != outputs || (stage > 0 && block == 0)))
                        sum += (inputs * outputs) + (2 * outputs);
                    inputs = outputs;
                }
            }
            return sum;
        }
    }

    /// <summary>Convolutions on the longest path and the last layer: 14, 50, 101 or 152 for the usual block counts.</summary>
    public int Depth => Blocks.Sum() * 3 + 2;

    /// <summary>The network of the paper (width "full") or a quarter as wide ("narrow", for small machines), at one of the authors' depths.</summary>
    public static NetworkShape Create(int depth, string width, int classes, int inputChannels = 3, int frames = 16, int cardinality = 32, string shortcut = "B") => new()
    {
        Blocks = depth switch
        {
            14 => [1, 1, 1, 1],
            50 => [3, 4, 6, 3],
            101 => [3, 4, 23, 3],
            152 => [3, 8, 36, 3],
            _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "the depth is 14, 50, 101 or 152"),
        },
        Planes = width switch
        {
            "full" => [128, 256, 512, 1024],
            "half" => [64, 128, 256, 512],
            "narrow" => [32, 64, 128, 256],
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "the width is full, half or narrow"),
        },
        Stem = width switch { "full" => 64, "half" => 32, _ => 16 },
        Cardinality = cardinality,
        Shortcut = shortcut,
        InputChannels = inputChannels,
        Classes = classes,
        Frames = frames,
    };
}
