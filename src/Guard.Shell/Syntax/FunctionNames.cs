namespace Guard.Shell.Syntax;

/// <summary>Which names of functions are understood: those that cannot be mistaken for anything else.</summary>
internal static class FunctionNames
{
    public static bool IsPlain(string name)
    {
        if (ReservedWords.Contains(name) || name.All(char.IsAsciiDigit))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or ':' or '+' or '@' or ','))
                return false;
        }

        return true;
    }
}
