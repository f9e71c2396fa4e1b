namespace AccuracyMonitor.Tests.Fuzz;

/// <summary>Gives many drawn inputs to a decoder. Any exception but the documented one fails the test and shows the input.</summary>
internal static class FuzzRun
{
    /// <param name="corpus">Inputs that can be decoded.</param>
    /// <param name="normal">Inputs of each seed in a normal run.</param>
    /// <param name="decode">Throws only <typeparamref name="TDocumented"/>.</param>
    public static void Run<TDocumented>(IReadOnlyList<byte[]> corpus, int normal, Action<byte[]> decode)
        where TDocumented : Exception
    {
        foreach (var input in corpus)
        {
            decode(input);
        }

        var (decoded, refused) = (0, 0);
        foreach (var input in Drawn(normal, seed => new Mutator(seed, corpus).Next))
        {
            try
            {
                decode(input);
                decoded++;
            }
            catch (TDocumented)
            {
                refused++;
            }
            catch (Exception e)
            {
                throw Defect(input, e);
            }
        }

        Print(decoded, refused);
    }

    /// <param name="normal">Inputs of each seed in a normal run.</param>
    /// <param name="draw">From a seed what draws its inputs.</param>
    /// <param name="send">False: the input was refused in the documented way. Throws where it is refused in any other.</param>
    public static async Task RunAsync(int normal, Func<int, Func<byte[]>> draw, Func<byte[], Task<bool>> send)
    {
        var (decoded, refused) = (0, 0);
        foreach (var input in Drawn(normal, draw))
        {
            try
            {
                _ = await send(input) ? decoded++ : refused++;
            }
            catch (Exception e)
            {
                throw Defect(input, e);
            }
        }

        Print(decoded, refused);
    }

    private static IEnumerable<byte[]> Drawn(int normal, Func<int, Func<byte[]>> draw)
    {
        Func<byte[]> next = null!;
        foreach (var (seed, number) in FuzzBudget.Inputs(normal))
        {
            next = number == 0 ? draw(seed) : next;
            yield return next();
        }
    }

    private static InvalidOperationException Defect(byte[] input, Exception e) =>
        new($"{e.GetType()}: {e.Message} for {Convert.ToBase64String(input)}", e);

    private static void Print(int decoded, int refused) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"fuzz: {TestContext.Current.Test!.TestDisplayName}: {decoded + refused} inputs, {decoded} decoded, {refused} refused");
}

/// <summary>Of decoders that never throw.</summary>
internal sealed class NothingIsThrownException : Exception;
