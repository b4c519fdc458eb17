using Mars.Trainer.Data;
using Mars.Trainer.Data.Layouts;

namespace Mars.Trainer.Tests.Data;

/// <summary>Small copies of the folders and label files that the authors' loaders read.</summary>
public sealed class DataSetLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DataSetLayoutTests() => Directory.CreateDirectory(_folder.File("labels"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hmdb51_OfItsSplitFiles_GivesTrainingTestAndNeither()
    {
        Video("brush_hair/one", 20, done: true);
        Video("brush_hair/two", 30, done: true);
        Video("brush_hair/three", 30, done: true);
        Video("cart_wheel/four_(1)", 17, done: true);
        Labels("brush_hair_test_split2.txt", "one.avi 1 \ntwo.avi 2 \nthree.avi 0 \nmissing.avi 1 \n");
        Labels("cart_wheel_test_split2.txt", "four_(1).avi 1 \n");
        Labels("brush_hair_test_split1.txt", "one.avi 2 \n");
        Labels("cart_wheel_test_split1.txt", "");
        var (training, test) = Load("HMDB51", split: 2);
        Assert.Equal(["brush_hair", "cart_wheel"], training.Labels);
        Assert.Equal([("brush_hair/one", 0, 20), ("cart_wheel/four_(1)", 1, 17)], Rows(training));
        Assert.Equal([("brush_hair/two", 0, 30)], Rows(test));
    }

    // Clips of one film, or cut from one video, are almost the same: parted between training and validation they would make the validation worthless.
    [Fact]
    public void HmdbAndUcf_ClipsOfOneSource_AreOneGroup()
    {
        Video("brush_hair/April_09_brush_hair_u_nm_np1_ba_goo_0", 20);
        Video("brush_hair/April_09_brush_hair_u_nm_np1_ba_goo_1", 20);
        Video("brush_hair/May_brush_hair_f_nm_np1_ba_goo_0", 20);
        Labels("brush_hair_test_split1.txt", "April_09_brush_hair_u_nm_np1_ba_goo_0.avi 1 \nApril_09_brush_hair_u_nm_np1_ba_goo_1.avi 1 \nMay_brush_hair_f_nm_np1_ba_goo_0.avi 1 \n");
        Assert.Equal(["April_09", "April_09", "May"], Load("HMDB51").Training.Videos.Select(v => v.Source));
        Video("YoYo/v_YoYo_g01_c01", 20);
        Video("YoYo/v_YoYo_g01_c02", 20);
        Video("YoYo/v_YoYo_g02_c01", 20);
        Labels("classInd.txt", "1 YoYo\n");
        Labels("trainlist01.txt", "YoYo/v_YoYo_g01_c01.avi 1\nYoYo/v_YoYo_g01_c02.avi 1\nYoYo/v_YoYo_g02_c01.avi 1\n");
        Labels("testlist01.txt", "");
        Assert.Equal(2, Load("UCF101").Training.Videos.Select(v => v.Source).Distinct().Count());
    }

    [Fact]
    public void Ucf101_OfItsLists_TakesClassesInTheirNumbersOrder()
    {
        Video("YoYo/v_YoYo_g01_c01", 20);
        Video("Archery/v_Archery_g01_c01", 21);
        Labels("classInd.txt", "1 YoYo\n2 Archery\n");
        Labels("trainlist01.txt", "YoYo/v_YoYo_g01_c01.avi 1\n");
        Labels("testlist01.txt", "Archery/v_Archery_g01_c01.avi\nArchery/v_Archery_g09_c01.avi\n");
        var (training, test) = Load("UCF101");
        Assert.Equal(["YoYo", "Archery"], training.Labels);
        Assert.Equal([("YoYo/v_YoYo_g01_c01", 0, 20)], Rows(training));
        Assert.Equal([("Archery/v_Archery_g01_c01", 1, 21)], Rows(test));
    }

    [Fact]
    public void Kinetics_OfItsLists_TakesNamesWithSpacesAndAsManyFramesAsThereAre()
    {
        Video("train/air drumming/abc 000 010", 20);
        Video("train/zumba/def", 30);
        Video("val/zumba/ghi", 20);
        Labels("Kinetics_train_labels.txt", "train/air drumming/abc 000 010 0 20\ntrain/zumba/def 1 240\ntrain/zumba/missing 1 240\n");
        Labels("Kinetics_val_labels.txt", "val/zumba/ghi 1 18\n");
        var (training, test) = Load("Kinetics");
        Assert.Equal(["air drumming", "zumba"], training.Labels);
        Assert.Equal([("train/air drumming/abc 000 010", 0, 20), ("train/zumba/def", 1, 30)], Rows(training));
        Assert.Equal([("val/zumba/ghi", 1, 18)], Rows(test));
    }

    [Fact]
    public void Kinetics_WithAClassThatIsNotThere_SaysSo()
    {
        Video("train/zumba/def", 20);
        Labels("Kinetics_train_labels.txt", "train/zumba/def 7 240\n");
        Labels("Kinetics_val_labels.txt", "");
        Assert.Contains("no class 7", Assert.Throws<InvalidDataException>(() => Load("Kinetics")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Something_OfItsTables_TakesNumberedFolders()
    {
        Video("100218", 40);
        Video("7", 30);
        Labels("something-something-v1-labels.csv", "Holding something\nThrowing something; hard\n");
        Labels("something-something-v1-train.csv", "100218;Throwing something; hard\n5;Holding something\n");
        Labels("something-something-v1-validation.csv", "7;Holding something\n");
        var (training, test) = Load("Something");
        Assert.Equal([("100218", 1, 40)], Rows(training));
        Assert.Equal([("7", 0, 30)], Rows(test));
    }

    [Fact]
    public void Load_WithoutLabelFiles_SaysWhichAreMissing()
    {
        Video("x/y", 20);
        Assert.Contains("--annotations", Assert.Throws<ArgumentException>(() => DataSetLayout.Load("HMDB51", _folder.File("frames"), null, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("_test_split1.txt", Assert.Throws<FileNotFoundException>(() => Load("HMDB51")).Message, StringComparison.Ordinal);
    }

    private (FrameSet Training, FrameSet Test) Load(string name, int split = 1) => DataSetLayout.Load(name, _folder.File("frames"), _folder.File("labels"), split);

    private void Labels(string name, string text) => File.WriteAllText(_folder.File($"labels/{name}"), text);

    private void Video(string name, int frames, bool done = false)
    {
        var folder = Directory.CreateDirectory(_folder.File($"frames/{name}")).FullName;
        for (var i = 0; i < frames; i++)
            File.WriteAllText(Path.Combine(folder, FrameSet.FrameName(i)), "");
        if (done)
            File.WriteAllText(Path.Combine(folder, FrameSet.DoneName), ""); // as the authors' script leaves it
    }

    private static IEnumerable<(string, int, int)> Rows(FrameSet set) => set.Videos.Select(v => (v.Video, set.ClassOf(v), v.Frames));
}
