package dev.adze.compress.report;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;

/** Reads pages and pictures back with the JDK's XML parser, which refuses whatever is not well-formed. */
public final class Markups {
    private static final Pattern SVG = Pattern.compile("<svg .*?</svg>", Pattern.DOTALL);

    private Markups() {}

    public static Document parse(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new Strict());
            return builder.parse(new InputSource(new StringReader(xml)));
        } catch (Exception e) {
            throw new AssertionError("not well-formed: " + e.getMessage(), e);
        }
    }

    static List<String> pictures(String html) {
        List<String> pictures = new ArrayList<>();
        Matcher matcher = SVG.matcher(html);
        while (matcher.find()) {
            pictures.add(matcher.group());
        }
        return pictures;
    }

    /** Elements of this name, in any namespace, in document order. */
    public static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagNameNS("*", name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    /** Cells of every row of the table with this caption: headings first. */
    static List<List<String>> table(Document document, String caption) {
        for (Element table : elements(document, "table")) {
            if (table.getElementsByTagNameNS("*", "caption").item(0).getTextContent().equals(caption)) {
                List<List<String>> rows = new ArrayList<>();
                NodeList trs = table.getElementsByTagNameNS("*", "tr");
                for (int r = 0; r < trs.getLength(); r++) {
                    List<String> cells = new ArrayList<>();
                    for (var node = trs.item(r).getFirstChild(); node != null; node = node.getNextSibling()) {
                        cells.add(node.getTextContent());
                    }
                    rows.add(cells);
                }
                return rows;
            }
        }
        throw new AssertionError("no table with the caption " + caption);
    }

    private static final class Strict implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) throws SAXParseException {
            throw e;
        }

        @Override
        public void error(SAXParseException e) throws SAXParseException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXParseException {
            throw e;
        }
    }
}
