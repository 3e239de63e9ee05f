import "maplibre-gl/dist/maplibre-gl.css";
import "@generated/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/panels.css";
import "./styles/map.css";
import { App } from "./app.ts";

void new App().start();
