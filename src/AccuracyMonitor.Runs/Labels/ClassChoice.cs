using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>A class by its number, or by a name that the sidecar knows.</summary>
/// <param name="Number">Null: by name.</param>
/// <param name="Name">Empty: by number.</param>
internal sealed record ClassChoice(int? Number, string Name = "")
{
    public static ClassChoice Named(string name) => new(null, name);

    public void WriteTo(Answer answer)
    {
        if (Number is { } number)
        {
            answer.Label = (uint)number;
        }
        else
        {
            answer.ClassName = Name;
        }
    }

    public void WriteTo(GoldItem item)
    {
        if (Number is { } number)
        {
            item.Label = (uint)number;
        }
        else
        {
            item.ClassName = Name;
        }
    }
}
